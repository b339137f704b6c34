/** A control says the same of an object before and after the API server has filled in its defaults. */
import {
  checkObjects,
  CONTROLS,
  judgesPods,
  POD_KINDS,
  wrapPod,
  type Control,
  type Example,
} from '../../../../policies';
import { exampleContainer, examplePod } from '../../../../policies/example-pod';

type Fields = Record<string, unknown>;

const refusing = (pod: Example, controls?: readonly Control[]): readonly string[] =>
  checkObjects([{ manifest: wrapPod(POD_KINDS[0]!, pod, 'p', 'shop'), source: 'p' }], controls).map(
    ({ control, path }) => `${control} ${path}`,
  );

/** What the service account plugin adds to a pod that does not forbid it. */
function withAccount(pod: Fields): Fields {
  const mount = {
    name: 'kube-api-access-x7k2p',
    mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    readOnly: true,
  };
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  ];
  const name = pod.serviceAccountName ?? pod.serviceAccount ?? 'default';
  const account = { ...pod, serviceAccountName: name, serviceAccount: name };
  if (pod.automountServiceAccountToken === false) return account;
  const containers = (pod.containers as Fields[]).map((container) => ({
    ...container,
    volumeMounts: [...((container.volumeMounts as Fields[] | undefined) ?? []), mount],
  }));
  const volumes = [
    ...((pod.volumes as Fields[] | undefined) ?? []),
    { name: mount.name, projected: { sources } },
  ];
  return { ...account, containers, volumes };
}

/** The defaults that the API server writes into a pod. */
function withDefaults(pod: Fields): Fields {
  const port = (one: Fields): Fields => ({
    protocol: 'TCP',
    ...(pod.hostNetwork === true ? { hostPort: one.containerPort } : {}),
    ...one,
  });
  const container = (one: Fields): Fields => {
    const resources = one.resources as { requests?: Fields; limits?: Fields } | undefined;
    return {
      imagePullPolicy: 'IfNotPresent',
      terminationMessagePath: '/dev/termination-log',
      ...one,
      securityContext: { procMount: 'Default', ...(one.securityContext as Fields) },
      resources: { ...resources, requests: { ...resources?.limits, ...resources?.requests } },
      ports: ((one.ports as Fields[] | undefined) ?? []).map(port),
    };
  };
  const volume = (one: Fields): Fields => (Object.keys(one).length === 1 ? { ...one, emptyDir: {} } : one);
  return {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    schedulerName: 'default-scheduler',
    priority: 0,
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
    ...pod,
    securityContext: { ...(pod.securityContext as Fields) },
    containers: (pod.containers as Fields[]).map(container),
    ...(pod.volumes === undefined ? {} : { volumes: (pod.volumes as Fields[]).map(volume) }),
  };
}

it.each<[string, Example]>([
  ['a sound pod', examplePod()],
  ['a pod with the token that it gets by itself', examplePod({ automountServiceAccountToken: undefined })],
  ['a pod with an account', examplePod({ automountServiceAccountToken: true, serviceAccountName: 'app' })],
  ['a pod that names its account the old way', examplePod({ serviceAccount: 'app' })],
  ['a pod in the host network', examplePod({ hostNetwork: true }, { ports: [{ containerPort: 8080 }] })],
  ['a volume without a source', examplePod({ volumes: [{ name: 'scratch' }] })],
  ['limits without requests', examplePod({}, { resources: { limits: { cpu: '1', memory: '1Mi' } } })],
  ['no security context', { containers: [{ ...exampleContainer(), securityContext: undefined }] }],
])('%s', (_what, pod) => {
  expect(refusing(withAccount(withDefaults(pod as Fields)))).toEqual(refusing(pod));
});

it('every example of every control over pods', () => {
  const examples = CONTROLS.filter(judgesPods).flatMap((control) =>
    [...control.examples.good, ...control.examples.bad]
      .filter((example) => !('spec' in example))
      .map((example) => [control, example] as const),
  );
  expect(examples.length).toBeGreaterThan(180);
  const differing = examples.filter(([control, example]) => {
    const defaulted = withAccount(withDefaults(example as Fields));
    return refusing(defaulted, [control]).join() !== refusing(example, [control]).join();
  });
  expect(differing.map(([{ id }, example]) => [id, example])).toEqual([]);
});

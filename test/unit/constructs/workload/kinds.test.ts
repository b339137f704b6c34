import { Cron, Duration, Size } from 'cdk8s';
import type { Chart } from 'cdk8s';
import {
  api,
  existingSecret,
  HardenedCronJob,
  HardenedDaemonSet,
  HardenedDeployment,
  HardenedJob,
  HardenedPod,
  HardenedStatefulSet,
  Port,
  Posture,
  renderApp,
  type HardenedNamespace,
  type HardenedWorkload,
  type Manifest,
} from '../../../../constructs';
import { Handler, HorizontalPodAutoscaler, Probe } from 'cdk8s-plus-27';
import type { k8s } from '../../../../constructs/cdk8s-plus';
import type { PostureChanges } from '../../../../model';
import { enforceAtSynth } from '../../../../policies';
import { appWithChart, appWithNamespace, IMAGE, manifestOf, NETWORK } from '../../support/charts';
import { HardenedNamespace as Namespace } from '../../../../constructs';

const GRANT = { owner: 'platform team', reason: 'debugs the network once', expires: '2026-12-31' };
const NOW = new Date('2026-11-25T12:00:00Z');

type Options = Omit<ConstructorParameters<typeof HardenedJob>[2], 'namespace' | 'image'>;

/** Every kind, each told the same. */
const KINDS: Readonly<
  Record<string, (chart: Chart, namespace: HardenedNamespace, options?: Options) => HardenedWorkload>
> = {
  Deployment: (chart, namespace, options) =>
    new HardenedDeployment(chart, 'app', { namespace, image: IMAGE, port: Port.tcp(8080), ...options }),
  StatefulSet: (chart, namespace, options) =>
    new HardenedStatefulSet(chart, 'app', { namespace, image: IMAGE, port: Port.tcp(8080), ...options }),
  DaemonSet: (chart, namespace, options) =>
    new HardenedDaemonSet(chart, 'app', { namespace, image: IMAGE, port: Port.tcp(8080), ...options }),
  Job: (chart, namespace, options) => new HardenedJob(chart, 'app', { namespace, image: IMAGE, ...options }),
  CronJob: (chart, namespace, options) =>
    new HardenedCronJob(chart, 'app', { namespace, image: IMAGE, schedule: Cron.daily(), ...options }),
  Pod: (chart, namespace, options) =>
    new HardenedPod(chart, 'app', { namespace, image: IMAGE, bare: GRANT, ...options }),
};

function made(kind: string, options?: Options, posture?: PostureChanges) {
  const { app, chart } = appWithChart(undefined, NETWORK);
  if (posture !== undefined) Posture.tighten(chart, posture);
  const namespace = new Namespace(chart, 'shop');
  const workload = KINDS[kind]!(chart, namespace, options);
  return { app, workload, chart };
}

function objectOf(app: ReturnType<typeof made>['app'], kind: string): Manifest {
  return renderApp(app).objects.find(({ manifest }) => manifest.kind === kind)!.manifest;
}

function podOf(app: ReturnType<typeof made>['app'], kind: string): k8s.PodSpec {
  const manifest = objectOf(app, kind) as unknown as { spec: Record<string, never> };
  const { spec } = manifest as {
    spec: { template?: unknown; jobTemplate?: { spec: { template: unknown } } };
  };
  const template = (spec.template ?? spec.jobTemplate?.spec.template ?? manifest) as { spec: k8s.PodSpec };
  return template.spec;
}

const POD_FACTS: readonly [string, readonly string[], unknown][] = [
  ['pod is not root', ['securityContext', 'runAsNonRoot'], true],
  ['pod has a user of its own', ['securityContext', 'runAsUser'], 10001],
  ['pod has a group of its own', ['securityContext', 'runAsGroup'], 10001],
  ['seccomp filters system calls', ['securityContext', 'seccompProfile', 'type'], 'RuntimeDefault'],
  ['pod gets no API token', ['automountServiceAccountToken'], false],
  ['pod has an account of its own', ['serviceAccountName'], 'app'],
  ['pod is not told of every Service', ['enableServiceLinks'], false],
  ['container is not root', ['containers', '0', 'securityContext', 'runAsNonRoot'], true],
  ['container cannot write', ['containers', '0', 'securityContext', 'readOnlyRootFilesystem'], true],
  ['container is not privileged', ['containers', '0', 'securityContext', 'privileged'], false],
  ['container cannot escalate', ['containers', '0', 'securityContext', 'allowPrivilegeEscalation'], false],
  ['container has no capability', ['containers', '0', 'securityContext', 'capabilities'], { drop: ['ALL'] }],
  ['cpu is reserved', ['containers', '0', 'resources', 'requests', 'cpu'], '100m'],
  ['cpu is bounded', ['containers', '0', 'resources', 'limits', 'cpu'], '400m'],
  ['memory is reserved', ['containers', '0', 'resources', 'requests', 'memory'], '128Mi'],
  ['memory is bounded', ['containers', '0', 'resources', 'limits', 'memory'], '128Mi'],
  ['disk is reserved', ['containers', '0', 'resources', 'requests', 'ephemeral-storage'], '64Mi'],
  ['disk is bounded', ['containers', '0', 'resources', 'limits', 'ephemeral-storage'], '1Gi'],
];

describe.each(Object.keys(KINDS))('a hardened %s', (kind) => {
  it.each(POD_FACTS)('%s', (_fact, path, value) => {
    expect(podOf(made(kind).app, kind)).toHaveProperty(path, value);
  });

  it('breaks no control of its own, with everything that needs no waiver', () => {
    const { app, workload } = made(kind, {
      command: ['/app'],
      args: ['serve'],
      workingDir: '/srv',
      writable: { '/tmp': Size.mebibytes(1) },
      secretFiles: {
        '/run/secrets/a': existingSecret('shop', 'a'),
        '/run/secrets/b': existingSecret('shop', 'a'),
      },
      capabilities: ['NET_BIND_SERVICE'],
    });
    workload.mayCall(api.configMaps, ['get'], { names: ['settings'] });
    expect(enforceAtSynth(renderApp(app), { now: NOW })).toMatchObject({
      undetermined: [],
      notValidated: [],
    });
  });

  it('hardens init containers and sidecars, and lets sidecars run on', () => {
    const { app, workload } = made(kind, { initContainers: [{ name: 'migrate', image: IMAGE }] });
    workload.addSidecar({ name: 'proxy', image: IMAGE });
    const [migrate, proxy] = podOf(app, kind).initContainers!;
    for (const container of [migrate!, proxy!]) {
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
      });
      expect(container.resources!.limits).toHaveProperty(['ephemeral-storage'], '1Gi');
    }
    for (const container of [migrate!, proxy!])
      expect(container.resources).toEqual({
        requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
        limits: { cpu: '400m', memory: '128Mi', 'ephemeral-storage': '1Gi' },
      });
    expect(migrate).not.toHaveProperty('restartPolicy');
    expect(proxy).toHaveProperty('restartPolicy', 'Always');
    expect(enforceAtSynth(renderApp(app), { now: NOW })).toMatchObject({
      undetermined: [],
      notValidated: [],
    });
  });

  it('gets a token that ends within the hour once it may ask something, and one role for that', () => {
    const { app, workload } = made(kind);
    workload.mayCall(api.configMaps, ['get']);
    const pod = podOf(app, kind);
    expect(pod.automountServiceAccountToken).toBe(false);
    const token = pod.volumes!.find(({ name }) => name === 'api-token')!;
    expect(token.projected).toEqual({
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    });
    expect(pod.containers[0]!.volumeMounts).toContainEqual({
      name: 'api-token',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    });
    expect(objectOf(app, 'Role')).toMatchObject({
      metadata: { name: 'app', namespace: 'shop' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
    });
    expect(objectOf(app, 'RoleBinding')).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: 'app', namespace: 'shop' }],
    });
    expect(manifestOf(app, 'NetworkPolicy', 'app-to-api-server').metadata.namespace).toBe('shop');
  });

  it('has no role and no token where it may ask nothing', () => {
    const { app } = made(kind);
    expect(renderApp(app).objects.map(({ manifest }) => manifest.kind)).not.toContain('Role');
    expect(podOf(app, kind).volumes ?? []).toEqual([]);
  });

  it('is as strict as the posture wants', () => {
    const { app } = made(kind, undefined, {
      userNamespaces: true,
      appArmor: 'RuntimeDefault',
      seLinux: { level: 's0:c123,c456' },
      users: { lowest: 50_000, highest: 60_000 },
      user: 50_001,
    });
    expect(podOf(app, kind)).toMatchObject({
      hostUsers: false,
      securityContext: {
        appArmorProfile: { type: 'RuntimeDefault' },
        seLinuxOptions: { level: 's0:c123,c456' },
        runAsUser: 50_001,
        runAsGroup: 50_001,
        fsGroup: 50_001,
      },
      containers: [{ securityContext: { runAsUser: 50_001, runAsGroup: 50_001 } }],
    });
    expect(enforceAtSynth(renderApp(app), { now: NOW })).toMatchObject({
      undetermined: [],
      notValidated: [],
    });
  });
});

describe('availability', () => {
  it.each([
    ['Deployment', ['pod-template-hash']],
    ['StatefulSet', undefined],
  ] as const)('a %s of several pods is spread, and drained one at a time', (kind, matchLabelKeys) => {
    const { app } = made(kind, { replicas: 3 } as Options);
    const constraints = podOf(app, kind).topologySpreadConstraints!;
    expect(constraints.map(({ topologyKey }) => topologyKey)).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
    for (const constraint of constraints) {
      expect(constraint).toMatchObject({
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'keelson.dev/workload': 'app' } },
      });
      expect((constraint as { matchLabelKeys?: unknown }).matchLabelKeys).toEqual(matchLabelKeys);
    }
    expect(objectOf(app, 'PodDisruptionBudget').spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { 'keelson.dev/workload': 'app' } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  it.each(['Deployment', 'StatefulSet'])('a %s of one pod is neither', (kind) => {
    const { app } = made(kind, { replicas: 1 } as Options);
    expect(podOf(app, kind)).not.toHaveProperty('topologySpreadConstraints');
    expect(renderApp(app).objects.map(({ manifest }) => manifest.kind)).not.toContain('PodDisruptionBudget');
  });

  it('a rollout of a Deployment takes no pod away before its successor is ready', () => {
    expect(objectOf(made('Deployment').app, 'Deployment').spec).toHaveProperty('strategy', {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it('a finished Job is gone after a day, and a late run of a CronJob is given up after five minutes', () => {
    expect(objectOf(made('Job').app, 'Job').spec).toHaveProperty('ttlSecondsAfterFinished', 24 * 3600);
    expect(objectOf(made('CronJob').app, 'CronJob').spec).toMatchObject({
      startingDeadlineSeconds: 300,
      concurrencyPolicy: 'Forbid',
    });
  });
});

describe('an autoscaler of cdk8s-plus', () => {
  it('takes a Deployment, whose pods are spread and drained one at a time', () => {
    const { app, chart, namespace } = appWithNamespace();
    const { deployment } = new HardenedDeployment(chart, 'app', { namespace, image: IMAGE });
    new HorizontalPodAutoscaler(chart, 'scaler', { target: deployment, maxReplicas: 5 });
    expect(objectOf(app, 'Deployment').spec).not.toHaveProperty('replicas');
    expect(podOf(app, 'Deployment').topologySpreadConstraints).toHaveLength(2);
    expect(objectOf(app, 'PodDisruptionBudget').spec).toHaveProperty('maxUnavailable', 1);
  });

  it('takes a StatefulSet', () => {
    const { app, chart, namespace } = appWithNamespace();
    const port = Port.tcp(5432);
    const { statefulSet } = new HardenedStatefulSet(chart, 'app', { namespace, image: IMAGE, port });
    new HorizontalPodAutoscaler(chart, 'scaler', { target: statefulSet, maxReplicas: 5 });
    expect(objectOf(app, 'StatefulSet').spec).not.toHaveProperty('replicas');
    expect(podOf(app, 'StatefulSet').topologySpreadConstraints).toHaveLength(2);
    expect(objectOf(app, 'PodDisruptionBudget').spec).toHaveProperty('maxUnavailable', 1);
  });
});

describe('what serves', () => {
  it('a StatefulSet stands behind a headless Service of its name', () => {
    const { app } = made('StatefulSet');
    expect(objectOf(app, 'Service')).toMatchObject({
      metadata: { name: 'app', namespace: 'shop' },
      spec: { clusterIP: 'None', ports: [{ port: 8080, targetPort: 8080 }] },
    });
    expect(objectOf(app, 'StatefulSet').spec).toHaveProperty('serviceName', 'app');
  });

  it('several ports are told apart by name, in pod and Service', () => {
    const { app } = made('DaemonSet', { otherPorts: [Port.tcp(9090)] } as Options);
    expect(podOf(app, 'DaemonSet').containers[0]!.ports).toEqual([
      { containerPort: 8080, protocol: 'TCP', name: 'tcp-8080' },
      { containerPort: 9090, protocol: 'TCP', name: 'tcp-9090' },
    ]);
    expect(objectOf(app, 'Service').spec).toHaveProperty('ports', [
      { name: 'tcp-8080', port: 8080, protocol: 'TCP', targetPort: 8080 },
      { name: 'tcp-9090', port: 9090, protocol: 'TCP', targetPort: 9090 },
    ]);
  });
});

it('a StatefulSet keeps storage for each pod, which one pod at a time may mount', () => {
  const { app, chart, namespace } = appWithNamespace();
  new HardenedStatefulSet(chart, 'app', {
    namespace,
    image: IMAGE,
    port: Port.tcp(5432),
    claims: { data: { path: '/var/lib/data', size: Size.gibibytes(8), storageClass: 'fast' } },
  });
  expect(objectOf(app, 'StatefulSet').spec).toHaveProperty('volumeClaimTemplates', [
    {
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOncePod'],
        resources: { requests: { storage: '8192Mi' } },
        storageClassName: 'fast',
      },
    },
  ]);
  expect(podOf(app, 'StatefulSet').containers[0]!.volumeMounts).toEqual([
    { name: 'data', mountPath: '/var/lib/data' },
  ]);
});

it.each(['Job', 'CronJob'])('a failed run of a %s leaves its pod, and so its log', (kind) => {
  expect(podOf(made(kind).app, kind).restartPolicy).toBe('Never');
});

it('a bare Pod carries the label by which network policies select it', () => {
  const { metadata } = objectOf(made('Pod').app, 'Pod');
  expect(metadata.labels).toMatchObject({ 'keelson.dev/workload': 'app' });
});

it('a DaemonSet waits as long as it is told before it goes on to the next node', () => {
  const { app } = made('DaemonSet', { minReadySeconds: 30 } as Options);
  expect(objectOf(app, 'DaemonSet').spec).toHaveProperty('minReadySeconds', 30);
});

it('a container that is told of its resources has them: what is bounded is reserved', () => {
  const { app } = made('Deployment', { cpuMillis: 250, memory: Size.mebibytes(512) });
  expect(podOf(app, 'Deployment').containers[0]!.resources).toEqual({
    requests: { cpu: '250m', memory: '512Mi', 'ephemeral-storage': '64Mi' },
    limits: { cpu: '1000m', memory: '512Mi', 'ephemeral-storage': '1Gi' },
  });
});

it('what cdk8s-plus knows of a container and its pod is passed on', () => {
  const exec = (name: string) => Probe.fromCommand([name]);
  const { app } = made('Deployment', {
    command: ['/app'],
    args: ['serve'],
    workingDir: '/srv',
    readiness: exec('ready'),
    liveness: exec('alive'),
    startup: exec('started'),
    lifecycle: { preStop: Handler.fromCommand(['drain']) },
    dns: { hostname: 'here' },
    hostAliases: [{ ip: '192.0.2.1', hostnames: ['there'] }],
    terminationGracePeriod: Duration.seconds(7),
    minReady: Duration.seconds(3),
    progressDeadline: Duration.seconds(90),
  } as Options);
  expect(podOf(app, 'Deployment')).toMatchObject({
    hostname: 'here',
    hostAliases: [{ ip: '192.0.2.1', hostnames: ['there'] }],
    terminationGracePeriodSeconds: 7,
    containers: [
      {
        command: ['/app'],
        args: ['serve'],
        workingDir: '/srv',
        readinessProbe: { exec: { command: ['ready'] } },
        livenessProbe: { exec: { command: ['alive'] } },
        startupProbe: { exec: { command: ['started'] } },
        lifecycle: { preStop: { exec: { command: ['drain'] } } },
      },
    ],
  });
  expect(objectOf(app, 'Deployment').spec).toMatchObject({ minReadySeconds: 3, progressDeadlineSeconds: 90 });
});

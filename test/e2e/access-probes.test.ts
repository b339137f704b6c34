/** The probes of who may do what hold on what is declared, and fail where somebody has more, or less, or nothing refuses. */
import { Chart } from 'cdk8s';
import {
  allow,
  api,
  HardenedNamespace,
  KeelsonApp,
  renderApp,
  ScopedRole,
  type Manifest,
} from '../../constructs';
import { CONTROLS } from '../../policies';
import accessAsDeclared from '../../probes/checks/access-as-declared';
import controlPlaneOutOfReach from '../../probes/checks/control-plane-out-of-reach';
import { runProbes, type Probe } from '../../probes';
import { PolicyCluster } from './support/policy-cluster';

jest.setTimeout(600_000);

/** The one that a probe needs: the others would refuse what is planted. */
const controls = CONTROLS.filter(({ id }) => id === 'control-plane-scheduling');
const RBAC = 'rbac.authorization.k8s.io';
let cluster: PolicyCluster;
let declared: readonly Manifest[];

beforeAll(async () => {
  cluster = await PolicyCluster.start();
  const app = new KeelsonApp();
  const chart = new Chart(app, 'chart');
  const namespace = new HardenedNamespace(chart, 'shop');
  new ScopedRole(chart, 'viewer', {
    namespace,
    rules: [
      allow(api.pods, ['get', 'list']),
      allow(api.pods.log, ['get']),
      allow(api.configMaps, ['get'], { names: ['settings'] }),
    ],
    subjects: [{ group: 'viewers' }],
  });
  const objects = renderApp(app).objects.map(({ manifest }) => manifest);
  for (const manifest of objects) {
    const answer = await cluster.create(manifest);
    if (answer.status !== 201) throw new Error(`${manifest.kind} ${manifest.metadata.name}: ${answer.body}`);
  }
  declared = objects.filter(({ apiVersion }) => apiVersion === `${RBAC}/v1`);
  await cluster.enforce({ controls });
}, 300_000);
afterAll(() => cluster?.stop());

/** The verdict, and what was seen where an attempt was not as it should be. */
async function run(probe: Probe) {
  const [evidence] = await runProbes([probe], { client: cluster.client, roles: declared });
  return { verdict: evidence!.verdict, seen: JSON.stringify(evidence!.observations) };
}

/** Runs with objects that are there meanwhile. */
async function withObjects(objects: readonly Manifest[], work: () => Promise<void>): Promise<void> {
  for (const object of objects) {
    const answer = await cluster.create(object);
    if (answer.status !== 201) throw new Error(`${object.metadata.name}: ${answer.body}`);
  }
  try {
    await work();
  } finally {
    for (const object of objects) await cluster.remove(object);
  }
}

type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };
const rule = (verb: string, resource: string, group = ''): Rule => ({
  ...{ apiGroups: [group], resources: [resource], verbs: [verb] },
});

/** A role with its binding, in a namespace or everywhere. */
function granted(subject: object, rules: readonly Rule[], namespace?: string): readonly Manifest[] {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name: 'planted', ...(namespace === undefined ? {} : { namespace }) };
  const apiVersion = `${RBAC}/v1`;
  return [
    { apiVersion, kind, metadata, rules } as unknown as Manifest,
    {
      ...{ apiVersion, kind: `${kind}Binding`, metadata },
      ...{ roleRef: { apiGroup: RBAC, kind, name: 'planted' }, subjects: [subject] },
    } as unknown as Manifest,
  ];
}

const group = (name: string) => ({ apiGroup: RBAC, kind: 'Group', name });
const account = { kind: 'ServiceAccount', name: 'app', namespace: 'shop' };

describe('control-plane-out-of-reach', () => {
  test('holds where nobody has more than was declared', async () => {
    const { verdict, seen } = await run(controlPlaneOutOfReach);
    expect([verdict, seen]).toEqual(['holds', expect.stringContaining('none; 0 such nodes')]);
  });

  test('fails where the policy that keeps workloads away is switched off', async () => {
    const rollouts = [
      { mode: 'warn', controls: ['control-plane-scheduling'], reason: 'switched off' },
    ] as const;
    await cluster.enforce({ controls, rollouts });
    expect(await run(controlPlaneOutOfReach)).toMatchObject({ verdict: 'fails' });
    await cluster.enforce({ controls });
  });

  test.each<[string, object, Rule, string | undefined]>([
    ['a group reaches kubelets', group('viewers'), rule('get', 'nodes/proxy'), undefined],
    ['an account reads the logs of nodes', account, rule('get', 'nodes/log'), undefined],
    ['a group runs commands in kube-system', group('viewers'), rule('create', 'pods/exec'), 'kube-system'],
    [
      'an account changes pods by its name as a user',
      { ...group('system:serviceaccount:shop:app'), kind: 'User' },
      rule('patch', 'pods'),
      'kube-system',
    ],
    [
      'a user makes pods in kube-system',
      { ...group('jane'), kind: 'User' },
      rule('create', 'pods'),
      'kube-system',
    ],
    [
      'every account changes daemonsets everywhere',
      group('system:serviceaccounts'),
      rule('patch', 'daemonsets', 'apps'),
      undefined,
    ],
    ['a group takes the taint from nodes', group('viewers'), rule('patch', 'nodes'), undefined],
    ['everybody makes nodes', group('system:authenticated'), rule('create', 'nodes'), undefined],
    ['nodes that join change nodes', group('system:bootstrappers:x'), rule('patch', 'nodes'), undefined],
    [
      'a part of Kubernetes reaches kubelets',
      { ...group('system:kube-scheduler'), kind: 'User' },
      rule('get', 'nodes/proxy'),
      undefined,
    ],
    [
      'a group is named as a part of Kubernetes',
      group('system:kube-scheduler'),
      rule('patch', 'nodes'),
      undefined,
    ],
  ])('fails where %s', async (_, subject, right, namespace) => {
    await withObjects(granted(subject, [right], namespace), async () => {
      const { verdict, seen } = await run(controlPlaneOutOfReach);
      expect(verdict).toBe('fails');
      expect(seen).toContain(`"seen":"${right.verbs[0]} ${right.resources[0]}"`);
    });
  });

  test('fails where a workload is on a node of the control plane, and where somebody may change that node', async () => {
    const labels = { 'node-role.kubernetes.io/control-plane': '' };
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'cp', labels } };
    const image = 'registry.example/app:1';
    const pod = {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stray', namespace: 'kube-public' } },
      spec: { nodeName: 'cp', containers: [{ name: 'main', image }] },
    };
    await cluster.patch(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-public' } },
      {
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
      },
    );
    await cluster.enforce({ controls, rollouts: [{ mode: 'audit', reason: 'a test plants a pod' }] });
    const named = { ...rule('patch', 'nodes'), resourceNames: ['cp'] };
    const planted = [node, pod, ...granted(group('others'), [named])] as unknown as Manifest[];
    await withObjects(planted, async () => {
      await cluster.enforce({ controls });
      const { verdict, seen } = await run(controlPlaneOutOfReach);
      expect([verdict, seen]).toEqual(['fails', expect.stringContaining('kube-public/stray; 1 such nodes')]);
      expect(seen).toContain('"seen":"patch nodes cp"');
    });
  });
});

describe('access-as-declared', () => {
  test('holds where everybody may what was declared', async () => {
    const { verdict, seen } = await run(accessAsDeclared);
    expect([verdict, seen]).toEqual(['holds', expect.stringContaining('7 of them yes, all as declared')]);
  });

  test.each<[string, object, Rule, string | undefined]>([
    ['a declared group may more in its namespace', group('viewers'), rule('watch', 'pods'), 'shop'],
    ['a declared group may something everywhere', group('viewers'), rule('get', 'events'), undefined],
    ['somebody reads Secrets', group('others'), rule('list', 'secrets'), 'shop'],
    ['an account asks for tokens', account, rule('create', 'serviceaccounts/token'), 'shop'],
    ['everybody binds roles', group('system:authenticated'), rule('bind', 'clusterroles', RBAC), undefined],
    ['somebody impersonates', group('others'), rule('impersonate', 'users'), undefined],
    [
      'nodes that join read Secrets',
      group('system:bootstrappers:kubeadm:default-node-token'),
      rule('get', 'secrets'),
      'kube-system',
    ],
    [
      'somebody removes policies',
      group('others'),
      rule('delete', 'validatingadmissionpolicies', 'admissionregistration.k8s.io'),
      undefined,
    ],
  ])('fails where %s', async (_, subject, right, namespace) => {
    await withObjects(granted(subject, [right], namespace), async () => {
      expect(await run(accessAsDeclared)).toMatchObject({ verdict: 'fails' });
    });
  });

  test('fails where what was declared is not there', async () => {
    const role = declared.find(({ kind }) => kind === 'Role')!;
    await cluster.remove(role);
    const { verdict, seen } = await run(accessAsDeclared);
    expect([verdict, seen]).toEqual(['fails', expect.stringContaining('may not get pods in shop')]);
    await cluster.create(role);
  });

  test('cannot look where it is not known what was declared', async () => {
    expect((await accessAsDeclared.run({ client: cluster.client })).verdict).toBe('unavailable');
  });
});

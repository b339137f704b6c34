import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ClusterNetworkPlugin,
  POLICY_FEATURES,
  POLICY_GAPS,
  type Manifest,
  type NetworkPluginProps,
} from '../../../../constructs';
import { sha256 } from '../../../../constructs/render/digest';
import { hardenNetworkPlugin, type Example, type NetworkPluginOptions } from '../../../../policies';
import { places, problemsOf } from '../../support/problems';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const NODE = 'registry.example/plugin/node:v1';
const CONTROLLER = `registry.example/plugin/controller:v1@sha256:${'b'.repeat(64)}`;

const MANIFESTS = `apiVersion: v1
kind: ServiceAccount
metadata: { name: plugin, namespace: kube-system }
---
# The node's part: it asks for the node.
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: plugin-node, namespace: kube-system }
spec:
  selector: { matchLabels: { app: plugin-node } }
  template:
    metadata: { labels: { app: plugin-node } }
    spec:
      hostNetwork: yes
      containers:
        - { name: node, image: '${NODE}' }
      volumes:
        - name: scripts
          configMap: { name: scripts, defaultMode: 0755 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: plugin-controller, namespace: kube-system }
spec:
  selector: { matchLabels: { app: plugin-controller } }
  template:
    metadata: { labels: { app: plugin-controller } }
    spec:
      containers:
        - { name: controller, image: '${CONTROLLER}' }
`;

const filesOf = (text: string): Pick<NetworkPluginProps, 'manifests'> => ({
  manifests: [{ path: 'plugin.yaml', sha256: sha256(text) }],
});
const kindnet = (text = MANIFESTS, images: Readonly<Record<string, string>> = { [NODE]: DIGEST }) =>
  ClusterNetworkPlugin.kindnet({ ...filesOf(text), images });
const hardened = (text = MANIFESTS, options: NetworkPluginOptions = {}) =>
  hardenNetworkPlugin(kindnet(text), { 'plugin.yaml': text }, options);
const podOf = (objects: readonly Manifest[], name: string): Example =>
  (objects.find(({ metadata }) => metadata.name === name)!.spec as { template: { spec: Example } }).template
    .spec;
const refused = (text: string, images: Readonly<Record<string, string>> = {}) =>
  hardenNetworkPlugin(kindnet(text, images), { 'plugin.yaml': text });

describe('the files', () => {
  it('are taken as kubectl takes them', () => {
    const { objects, problems } = hardened();
    expect(problems).toEqual([]);
    expect(objects.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'DaemonSet', 'Deployment']);
    expect(podOf(objects, 'plugin-node')).toMatchObject({
      hostNetwork: true,
      volumes: [{ configMap: { defaultMode: 0o755 } }],
    });
  });

  it('of another digest are not looked into, and what they hold is not used', () => {
    const { objects, problems } = hardenNetworkPlugin(kindnet(), {
      'plugin.yaml': `${MANIFESTS}# one more line\n`,
    });
    expect(objects).toEqual([]);
    expect(places(problems)).toEqual(['plugin.yaml [network-plugin/unfit]']);
    expect(problems[0]!.message).toContain(sha256(MANIFESTS));
  });

  it('that were not read are named', () => {
    expect(places(hardenNetworkPlugin(kindnet(), {}).problems)).toEqual([
      'plugin.yaml [network-plugin/unfit]',
    ]);
  });

  it.each([
    ['a: [1', 'plugin.yaml:1 [check/yaml]'],
    [`${MANIFESTS}---\na: 1\na: 2\n`, 'plugin.yaml:33 [check/yaml]'],
    ['- 1\n- 2\n', 'plugin.yaml:1 [check/not-an-object]'],
    ['replicas: 2\n', 'plugin.yaml:1 [check/not-an-object]'],
    ['# nothing\n', 'plugin.yaml [network-plugin/unfit]'],
    ['', 'plugin.yaml [network-plugin/unfit]'],
    [
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { port: 1 }\n',
      'plugin.yaml:1 [object/invalid]',
    ],
  ])('refuses %j', (text, place) => {
    const { objects, problems } = refused(text);
    expect(objects).toEqual([]);
    expect(places(problems)).toEqual([place]);
    problems.forEach(({ fix }) => expect(fix).not.toBe(''));
  });

  it('keeps a date and a time as the texts that kubectl sees', () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { day: 2026-01-01, time: 1:30 }\n';
    expect(refused(text).objects[0]!.data).toEqual({ day: '2026-01-01', time: '1:30' });
  });

  it('takes the items of a list', () => {
    const text =
      'apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: Namespace, metadata: { name: a } }\n';
    expect(refused(text).objects.map(({ kind }) => kind)).toEqual(['Namespace']);
  });
});

describe('images', () => {
  it('get the digests that are named for them, and keep their own', () => {
    const { objects } = hardened();
    expect(podOf(objects, 'plugin-node').containers).toMatchObject([{ image: `${NODE}@${DIGEST}` }]);
    expect(podOf(objects, 'plugin-controller').containers).toMatchObject([{ image: CONTROLLER }]);
  });

  it('without a digest are refused, with the object and the container', () => {
    const { objects, problems } = refused(MANIFESTS);
    expect(objects).toEqual([]);
    expect(places(problems)).toEqual(['plugin.yaml:6 [network-plugin/unfit]']);
    expect(problems[0]!.message).toBe(
      `DaemonSet plugin-node: the container node runs "${NODE}", which has no digest.`,
    );
  });

  it('of init containers are no exception', () => {
    const text = MANIFESTS.replace(
      '      containers:\n        - { name: controller',
      `      initContainers:\n        - { name: first, image: '${NODE}2' }\n      containers:\n        - { name: controller`,
    );
    expect(refused(text, { [NODE]: DIGEST }).problems.map(({ message }) => message)).toEqual([
      `Deployment plugin-controller: the container first runs "${NODE}2", which has no digest.`,
    ]);
  });

  it('that nothing runs are a slip of the pen', () => {
    const { problems } = refused(MANIFESTS, { [NODE]: DIGEST, 'registry.example/other:v1': DIGEST });
    expect(places(problems)).toEqual([
      'network plugin kindnet: images["registry.example/other:v1"] [network-plugin/unfit]',
    ]);
  });
});

describe('hardening', () => {
  it('fills in what a pod of the plugin leaves out', () => {
    const { objects, changes } = hardened();
    expect(podOf(objects, 'plugin-controller')).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    });
    expect(changes.map(({ control }) => control)).toContain('seccomp-profile');
  });

  it('leaves a pod that asks for its node, and says so', () => {
    const { objects, decisions, notes } = hardened();
    expect(podOf(objects, 'plugin-node').hostNetwork).toBe(true);
    expect(decisions.map(({ control }) => control)).toContain('host-namespaces');
    expect(notes.join('\n')).toContain('! host-namespaces');
  });
});

const policy = (spec: object, name = 'web'): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ...spec },
});
const plugins = {
  calico: ClusterNetworkPlugin.calico({ ...filesOf(MANIFESTS), transports: ['calico-vxlan'] }),
  cilium: ClusterNetworkPlugin.cilium({
    ...filesOf(MANIFESTS),
    transports: ['cilium-vxlan', 'cilium-health'],
  }),
  'kube-router': ClusterNetworkPlugin.kubeRouter(filesOf(MANIFESTS)),
  kindnet: ClusterNetworkPlugin.kindnet(filesOf(MANIFESTS)),
};
const gapsOf = (plugin: keyof typeof plugins, policies: readonly Manifest[], pods?: readonly string[]) =>
  hardenNetworkPlugin(plugins[plugin], {}, { policies, ...(pods === undefined ? {} : { pods }) }).gaps.map(
    ({ feature, path }) => `${feature} ${path}`,
  );

describe('what a plugin does not enforce', () => {
  const range = policy({ ingress: [{}, { ports: [{ protocol: 'TCP', port: 1, endPort: 9 }] }] });
  const sctp = policy({ egress: [{ ports: [{ protocol: 'SCTP', port: 9 }] }] });
  const block = policy({
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.244.0.0/16'] } }] }],
  });
  const named = policy({ egress: [{ ports: [{ protocol: 'TCP', port: 'http' }] }] });
  const plain = policy({
    ingress: [
      { from: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port: 'http' }, { protocol: 'UDP' }] },
    ],
    egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 53 }, { port: 'dns' }] }],
  });

  it('is said where a policy uses it', () => {
    expect(gapsOf('cilium', [range, sctp])).toEqual(['end-port spec.ingress[1]', 'sctp spec.egress[0]']);
    expect(gapsOf('kube-router', [range, sctp, named])).toEqual([
      'sctp spec.egress[0]',
      'named-port spec.egress[0]',
    ]);
    expect(gapsOf('calico', [range, sctp, block, named])).toEqual([]);
  });

  it('is not said where none does', () => {
    expect(gapsOf('cilium', [plain])).toEqual([]);
    expect(gapsOf('kube-router', [plain])).toEqual([]);
  });

  it('concerns every policy where a release may enforce none', () => {
    expect(gapsOf('kindnet', [plain])).toEqual(['policy spec']);
  });

  it('looks for pods in ranges: everywhere, unless their addresses are known', () => {
    expect(gapsOf('cilium', [block])).toEqual(['ip-block spec.egress[0]']);
    expect(gapsOf('cilium', [block], ['10.0.0.0/16'])).toEqual(['ip-block spec.egress[0]']);
    expect(gapsOf('cilium', [block], ['10.244.0.0/16'])).toEqual([]);
  });

  it('passes over what is no policy, and what the API server would not take', () => {
    const other = { ...range, apiVersion: 'cilium.io/v2' };
    const broken = policy({ ingress: [{ ports: [{ port: 'a', endPort: 9 }] }] });
    expect(gapsOf('cilium', [other, broken])).toEqual([]);
  });

  it('is a line for a person, with its source', () => {
    const { notes } = hardenNetworkPlugin(plugins.cilium, {}, { policies: [range] });
    expect(notes).toEqual([
      'NetworkPolicy shop/web, spec.ingress[1]: a range of ports (`endPort`): cilium may let through less than it says. Releases before 1.16 take the first port of a range alone. (https://github.com/cilium/cilium/issues/28684, https://github.com/cilium/cilium/pull/33463)',
    ]);
  });

  it('has a source and is about something known', () => {
    for (const gap of Object.values(POLICY_GAPS).flat()) {
      expect(gap.source).toMatch(/^https:\/\//);
      expect(Object.keys(POLICY_FEATURES)).toContain(gap.feature);
    }
  });
});

test('the docs have a row for each gap', () => {
  const text = readFileSync(join(__dirname, '../../../../docs/network-plugins.md'), 'utf8');
  const table = text.split('## What each does not enforce')[1]!.split('## Limits')[0]!;
  const rows = [...table.matchAll(/^\| (kindnet|Cilium|kube-router|Calico) +\| [^|]+\| ([^|]*?) *\|/gm)];
  const said = rows
    .map(([, name, lets]) => `${name!.toLowerCase()} ${lets}`)
    .filter((row) => !row.startsWith('calico'));
  const known = Object.entries(POLICY_GAPS).flatMap(([name, gaps]) =>
    gaps.map(({ lets }) => `${name} ${lets.replace('unknown', 'more or less')}`),
  );
  expect(said.sort()).toEqual(known.sort());
});

describe('a choice', () => {
  it('says what is sent between nodes, and whose policies are written', () => {
    expect(
      Object.entries(plugins).map(([name, { transports, dialect }]) => [name, transports, dialect]),
    ).toEqual([
      ['calico', ['calico-vxlan'], 'calico'],
      ['cilium', ['cilium-vxlan', 'cilium-health'], 'cilium'],
      ['kube-router', ['kube-router-bgp'], undefined],
      ['kindnet', [], undefined],
    ]);
  });

  it('may be another plugin', () => {
    const props = { ...filesOf(MANIFESTS), name: 'ours', transports: [], gaps: [] };
    expect(ClusterNetworkPlugin.other(props)).toMatchObject({ name: 'ours', gaps: [], transports: [] });
  });

  it('is refused with everything that is wrong with it', () => {
    const wrong = () =>
      ClusterNetworkPlugin.other({
        name: 'ours',
        manifests: [{ path: 'a.yaml', sha256: 'sha256:1' }],
        images: { [`${NODE}@${DIGEST}`]: DIGEST, [NODE]: 'latest' },
        transports: ['constructor' as 'calico-bgp'],
        gaps: [],
      });
    expect(places(problemsOf(wrong))).toEqual([
      'network plugin ours: manifests[0].sha256 [construct/invalid]',
      `network plugin ours: images["${NODE}@${DIGEST}"] [construct/invalid]`,
      `network plugin ours: images["${NODE}"] [construct/invalid]`,
      'network plugin ours: transports[0] [construct/invalid]',
    ]);
    const nothing = () => ClusterNetworkPlugin.kindnet({ manifests: [] });
    expect(places(problemsOf(nothing))).toEqual(['network plugin kindnet: manifests [construct/invalid]']);
  });
});

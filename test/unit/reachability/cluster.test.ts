import type { Manifest } from '../../../constructs';
import type { ClusterNetwork } from '../../../model';
import { namespace, pod, policy, Reach, template, type PodOptions } from '../support/reach';

const OUTSIDE = '198.51.100.1';

function holder(type: string, id: string, spec: object): Manifest {
  const at = type.lastIndexOf('/');
  const [space, name] = id.split('/') as [string, string];
  const metadata = { namespace: space, name };
  return { apiVersion: type.slice(0, at), kind: type.slice(at + 1), metadata, spec };
}

function deployment(id: string, labels: Readonly<Record<string, string>>, options?: PodOptions): Manifest {
  return holder('apps/v1/Deployment', id, { template: template(labels, options) });
}

function ownedBy(object: Manifest, kind: string, name: string, controller = true): Manifest {
  const ownerReferences = [{ apiVersion: 'x/v1', kind, name, controller }];
  return { ...object, metadata: { ...object.metadata, ownerReferences } } as Manifest;
}

function workloads(...manifests: readonly Manifest[]): readonly string[] {
  return new Reach(manifests).reachability.points.flatMap((point) =>
    point.type === 'workload' && point.id !== 'dns' ? [point.id] : [],
  );
}

describe('workloads', () => {
  const labels = { app: 'x' };

  it.each([
    ['v1/Pod', pod('a/x', labels)],
    ['v1/ReplicationController', holder('v1/ReplicationController', 'a/x', { template: template(labels) })],
    ['apps/v1/Deployment', deployment('a/x', labels)],
    ['apps/v1/ReplicaSet', holder('apps/v1/ReplicaSet', 'a/x', { template: template(labels) })],
    ['apps/v1/StatefulSet', holder('apps/v1/StatefulSet', 'a/x', { template: template(labels) })],
    ['apps/v1/DaemonSet', holder('apps/v1/DaemonSet', 'a/x', { template: template(labels) })],
    ['batch/v1/Job', holder('batch/v1/Job', 'a/x', { template: template(labels) })],
    [
      'batch/v1/CronJob',
      holder('batch/v1/CronJob', 'a/x', { jobTemplate: { spec: { template: template(labels) } } }),
    ],
  ])('%s: the labels of its pods are what policies select by', (type, manifest) => {
    const id = `${type.slice(type.lastIndexOf('/') + 1)} a/x`;
    expect(workloads(manifest)).toEqual([id]);
    const select = (app: string) => policy('a/p', { podSelector: { matchLabels: { app } } });
    expect(new Reach([manifest, select('x')]).verdict(OUTSIDE, id)).toBe('denied');
    expect(new Reach([manifest, select('y')]).verdict(OUTSIDE, id)).toBe('open');
  });

  it('the labels of the workload itself are none of its pods', () => {
    const own = { ...deployment('a/x', {}), metadata: { namespace: 'a', name: 'x', labels } };
    const select = policy('a/p', { podSelector: { matchLabels: labels } });
    expect(new Reach([own, select]).verdict(OUTSIDE, 'Deployment a/x')).toBe('open');
  });

  it('kinds of the same name in other groups are none', () => {
    expect(workloads(holder('example.com/v1/Deployment', 'a/x', { template: template(labels) }))).toEqual([]);
    expect(workloads(holder('extensions/v1/Pod', 'a/x', {}))).toEqual([]);
  });

  it('pods that have ended have no network', () => {
    const ended = (phase: string): Manifest => ({ ...pod('a/x', labels), status: { phase } });
    expect(workloads(ended('Succeeded'))).toEqual([]);
    expect(workloads(ended('Failed'))).toEqual([]);
    expect(workloads(ended('Running'))).toEqual(['Pod a/x']);
    expect(workloads(ended('Unknown'))).toEqual(['Pod a/x']);
  });

  it('the same name twice is a problem', () => {
    const { cluster } = new Reach([pod('a/x'), pod('a/x'), pod('b/x'), deployment('a/x', {})]);
    expect(cluster.problems.map(({ code, message }) => [code, message])).toEqual([
      ['reach/duplicate', 'Pod a/x is declared already at test.'],
    ]);
  });

  it('a pod does not meet itself, and pods that are alike meet each other', () => {
    const deny = policy('a/p', {});
    expect(new Reach([pod('a/x')]).ports('a/x', 'a/x')).toEqual([]);
    expect(new Reach([deployment('a/x', {})]).verdict('Deployment a/x', 'Deployment a/x')).toBe('open');
    expect(new Reach([deployment('a/x', {}), deny]).verdict('Deployment a/x', 'Deployment a/x')).toBe(
      'denied',
    );
  });
});

describe('objects that another one made', () => {
  const set = ownedBy(
    holder('apps/v1/ReplicaSet', 'a/x-1', { template: template({ app: 'x' }) }),
    'Deployment',
    'x',
  );
  const one = ownedBy(pod('a/x-1-2', { app: 'x' }), 'ReplicaSet', 'x-1');

  it('are not counted beside it', () => {
    expect(workloads(deployment('a/x', { app: 'x' }), set, one)).toEqual(['Deployment a/x']);
    expect(workloads(one, set, deployment('a/x', { app: 'x' }))).toEqual(['Deployment a/x']);
  });

  it('are counted where it is not among the objects: of a node, or of a custom resource', () => {
    expect(workloads(one)).toEqual(['Pod a/x-1-2']);
    expect(workloads(ownedBy(pod('a/x'), 'Node', 'node-1'))).toEqual(['Pod a/x']);
    const byOperator = ownedBy(
      holder('apps/v1/StatefulSet', 'a/db', { template: template({}) }),
      'Database',
      'db',
    );
    expect(workloads(byOperator)).toEqual(['StatefulSet a/db']);
  });

  it('are counted where it stands in another namespace, or does not control them', () => {
    expect(workloads(deployment('b/x', {}), set)).toEqual(['ReplicaSet a/x-1', 'Deployment b/x']);
    expect(workloads(deployment('a/x', {}), ownedBy(pod('a/y'), 'Deployment', 'x', false))).toEqual([
      ...['Deployment a/x', 'Pod a/y'],
    ]);
  });
});

describe('labels that only the cluster knows', () => {
  const web = deployment('a/web', { app: 'web' });
  const hash = (operator: string, values?: readonly string[]) => ({
    matchExpressions: [{ key: 'pod-template-hash', operator, ...(values ? { values } : {}) }],
  });
  const other = pod('b/other', {});

  it.each([
    ['In', hash('In', ['1'])],
    ['NotIn', hash('NotIn', ['1'])],
    ['Exists', hash('Exists')],
    ['matchLabels', { matchLabels: { app: 'web', 'pod-template-hash': '1' } }],
  ])('%s: a policy that selects by them holds nothing for certain', (_, podSelector) => {
    const reach = new Reach([web, other, policy('a/p', { podSelector })]);
    expect(reach.verdict('b/other', 'Deployment a/web')).toBe('open');
    expect(reach.reachability.points.find(({ id }) => id === 'Deployment a/web')).toMatchObject({
      ingressDeniedBy: [],
    });
  });

  it('what such a policy opens is possible where another one denies', () => {
    const opens = policy('a/p', { podSelector: hash('In', ['1']), ingress: [{ ports: [{ port: 80 }] }] });
    const reach = new Reach([web, other, opens, policy('a/deny', {})]);
    expect(reach.verdict('b/other', 'Deployment a/web', 80)).toBe('possible');
    expect(reach.verdict('b/other', 'Deployment a/web', 81)).toBe('denied');
  });

  it('a peer that is named by them may pass', () => {
    const from = [{ namespaceSelector: {}, podSelector: hash('In', ['1']) }];
    const reach = new Reach([pod('b/api'), web, other, policy('b/p', { ingress: [{ from }] })]);
    expect(reach.verdict('Deployment a/web', 'b/api')).toBe('possible');
    expect(reach.verdict('b/other', 'b/api')).toBe('denied');
  });

  it('certain wins over possible', () => {
    const from = [{ namespaceSelector: {}, podSelector: hash('In', ['1']) }, { namespaceSelector: {} }];
    const reach = new Reach([pod('b/api'), web, policy('b/p', { ingress: [{ from }] })]);
    expect(reach.verdict('Deployment a/web', 'b/api')).toBe('open');
  });

  it.each([
    ['apps/v1/StatefulSet', 'statefulset.kubernetes.io/pod-name'],
    ['apps/v1/StatefulSet', 'apps.kubernetes.io/pod-index'],
    ['apps/v1/DaemonSet', 'controller-revision-hash'],
    ['batch/v1/Job', 'batch.kubernetes.io/controller-uid'],
  ])('%s: %s', (type, key) => {
    const id = `${type.split('/')[2]} a/x`;
    const select = policy('a/p', { podSelector: { matchLabels: { [key]: '1' } }, ingress: [{}] });
    const reach = new Reach([holder(type, 'a/x', { template: template({}) }), select, policy('a/deny', {})]);
    expect(reach.verdict(OUTSIDE, id)).toBe('possible');
  });

  it('pods take the zone of their node, whatever was written', () => {
    const zone = { 'topology.kubernetes.io/zone': 'a' };
    const select = policy('a/p', { podSelector: { matchLabels: zone }, ingress: [{}] });
    const verdict = (one: Manifest) => new Reach([one, select, policy('a/deny', {})]).verdict(OUTSIDE, 'a/x');
    expect(verdict(pod('a/x'))).toBe('possible');
    expect(verdict(pod('a/x', { 'topology.kubernetes.io/zone': 'b' }))).toBe('possible');
    const onNode = (one: Manifest): Manifest => ({
      ...one,
      spec: { ...(one.spec as object), nodeName: 'n' },
    });
    expect(verdict(onNode(pod('a/x')))).toBe('denied');
    expect(verdict(onNode(pod('a/x', zone)))).toBe('open');
  });

  it('those that are written are known', () => {
    const written = deployment('a/web', { 'pod-template-hash': '1' });
    const deny = policy('a/p', { podSelector: hash('In', ['1']) });
    expect(new Reach([written, deny]).verdict(OUTSIDE, 'Deployment a/web')).toBe('denied');
  });

  it('a Pod has those that are written, and no others', () => {
    const deny = policy('a/p', { podSelector: hash('In', ['1']), ingress: [{}] });
    const reach = new Reach([pod('a/x'), deny, policy('a/deny', {})]);
    expect(reach.verdict(OUTSIDE, 'a/x')).toBe('denied');
  });

  it.each(['job-name', 'batch.kubernetes.io/job-name'])('the name of a Job is known: %s', (key) => {
    const job = holder('batch/v1/Job', 'a/x', { template: template({}) });
    const deny = (name: string) => policy('a/p', { podSelector: { matchLabels: { [key]: name } } });
    expect(new Reach([job, deny('x')]).verdict(OUTSIDE, 'Job a/x')).toBe('denied');
    expect(new Reach([job, deny('y')]).verdict(OUTSIDE, 'Job a/x')).toBe('open');
    const cron = holder('batch/v1/CronJob', 'a/x', { jobTemplate: { spec: { template: template({}) } } });
    const opens = policy('a/o', { podSelector: { matchLabels: { [key]: 'x-1' } }, ingress: [{}] });
    const reach = new Reach([cron, opens, policy('a/deny', {})]);
    expect(reach.verdict(OUTSIDE, 'CronJob a/x')).toBe('possible');
  });
});

describe('pods in the network of their node', () => {
  const node = pod('a/node', { app: 'node' }, { hostNetwork: true });
  const deny = policy('a/deny', { policyTypes: ['Ingress', 'Egress'] });

  it('are not held by policies', () => {
    const reach = new Reach([node, deny]);
    expect(reach.verdict(OUTSIDE, 'a/node')).toBe('open');
    expect(reach.verdict('a/node', OUTSIDE)).toBe('open');
    expect(reach.reachability.points.find(({ id }) => id === 'Pod a/node')).toMatchObject({
      ...{ hostNetwork: true, ingressDeniedBy: [], egressDeniedBy: [] },
    });
  });

  it('are met by selectors perhaps: plugins differ', () => {
    const from = [{ podSelector: { matchLabels: { app: 'node' } } }];
    const reach = new Reach([node, pod('a/x'), policy('a/p', { ingress: [{ from }] })]);
    expect(reach.verdict('a/node', 'a/x')).toBe('possible');
  });

  it('are met by the addresses of nodes', () => {
    const from = (cidr: string) => policy('a/p', { ingress: [{ from: [{ ipBlock: { cidr } }] }] });
    const network = { nodes: ['192.0.2.0/24'], pods: ['10.0.0.0/8'] };
    const verdict = (cidr: string) =>
      new Reach([node, pod('a/x'), from(cidr)], network).verdict('a/node', 'a/x');
    expect(verdict('192.0.2.0/24')).toBe('open');
    expect(verdict('192.0.2.0/25')).toBe('possible');
    expect(verdict('10.0.0.0/8')).toBe('denied');
  });

  it('pass rules for everybody for certain', () => {
    const reach = new Reach([node, pod('a/x'), policy('a/p', { ingress: [{}] })]);
    expect(reach.verdict('a/node', 'a/x')).toBe('open');
  });
});

describe('namespaces', () => {
  it('that are declared have their labels, and others that of their name', () => {
    const from = [{ namespaceSelector: { matchLabels: { team: 'one' } } }];
    const objects = [pod('a/x'), pod('b/x'), policy('a/p', { ingress: [{ from }] })];
    expect(new Reach([namespace('b', { team: 'one' }), ...objects]).verdict('b/x', 'a/x')).toBe('open');
    expect(new Reach([namespace('b', { team: 'two' }), ...objects]).verdict('b/x', 'a/x')).toBe('denied');
  });
});

describe('DNS', () => {
  const to = [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ];
  const out = policy('a/p', {
    policyTypes: ['Egress'],
    egress: [{ to, ports: [{ port: 'dns', protocol: 'UDP' }, { port: 53 }] }],
  });

  it('of the cluster is there where nobody declares it', () => {
    const reach = new Reach([pod('a/x'), out]);
    expect(reach.ports('a/x', 'dns')).toEqual(['TCP 53', 'UDP 53']);
    // What it reaches itself is not known.
    expect(reach.ports('dns', 'outside')).toEqual([]);
  });

  it('is the workload that is declared for it, under the same id', () => {
    const own = deployment(
      'kube-system/coredns',
      { 'k8s-app': 'kube-dns' },
      {
        ports: [{ name: 'dns', containerPort: 5353, protocol: 'UDP' }],
      },
    );
    const reach = new Reach([pod('a/x'), out, own]);
    expect(reach.ports('a/x', 'dns')).toEqual(['TCP 53', 'UDP 5353']);
    const names = reach.reachability.points.flatMap((point) =>
      point.type === 'workload' ? [point.name] : [],
    );
    expect(names).toEqual(['x', 'coredns']);
  });

  it('is not what has its label elsewhere', () => {
    const fake = pod('a/fake', { 'k8s-app': 'kube-dns' });
    expect(new Reach([fake]).reachability.points.map(({ id }) => id)).toContain('Pod a/fake');
  });

  it('policies of kube-system hold it', () => {
    const reach = new Reach([pod('a/x'), policy('kube-system/p', {})]);
    expect(reach.verdict('a/x', 'dns', 53, 'UDP')).toBe('denied');
  });
});

describe('the API server', () => {
  const network: ClusterNetwork = {
    apiServer: {
      service: [{ address: '10.96.0.1', port: 443 }],
      endpoints: [{ address: '192.0.2.10', port: 6443 }],
    },
  };
  const out = (cidr: string) =>
    policy('a/p', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }] }] });
  const into = (cidr: string) => policy('a/p', { ingress: [{ from: [{ ipBlock: { cidr } }] }] });

  it('where it is stated: each address at its own port', () => {
    const ports = (cidr: string) => new Reach([pod('a/x'), out(cidr)], network).ports('a/x', 'api-server');
    expect(ports('10.96.0.1/32')).toEqual(['TCP 443']);
    expect(ports('192.0.2.10/32')).toEqual(['TCP 6443']);
    expect(ports('0.0.0.0/0')).toEqual(['TCP 443', 'TCP 6443']);
    expect(ports('10.0.0.0/16')).toEqual([]);
    expect(new Reach([pod('a/x')], network).ports('a/x', 'api-server')).toEqual(['TCP 443', 'TCP 6443']);
  });

  it('where it is stated: what it reaches', () => {
    const verdict = (cidr: string) =>
      new Reach([pod('a/x'), into(cidr)], network).verdict('api-server', 'a/x');
    expect(verdict('192.0.2.10/32')).toBe('open');
    expect(verdict('203.0.113.0/24')).toBe('denied');
    const everything = ['TCP 1-65535', 'UDP 1-65535', 'SCTP 1-65535'];
    expect(new Reach([pod('a/x')], network).ports('api-server', 'a/x')).toEqual(everything);
    expect(new Reach([pod('a/x'), into('0.0.0.0/0')], network).ports('api-server', 'a/x')).toEqual(
      everything,
    );
  });

  it('where it is not stated: perhaps any range holds it, at the usual ports', () => {
    const reach = new Reach([pod('a/x'), out('203.0.113.0/24')]);
    expect(reach.ports('a/x', 'api-server')).toEqual(['TCP 443', 'TCP 6443']);
    expect(reach.verdict('a/x', 'api-server', 443)).toBe('possible');
    expect(new Reach([pod('a/x')]).verdict('a/x', 'api-server', 443)).toBe('open');
  });

  it('where it is not stated: perhaps it is in any range that is let in', () => {
    const reach = new Reach([pod('a/x'), into('203.0.113.0/24')]);
    expect(reach.verdict('api-server', 'a/x', 8443)).toBe('possible');
    expect(new Reach([pod('a/x'), policy('a/p', {})]).verdict('api-server', 'a/x')).toBe('denied');
  });

  it('selectors do not find it', () => {
    const to = [{ namespaceSelector: {} }];
    const reach = new Reach(
      [pod('a/x'), policy('a/p', { policyTypes: ['Egress'], egress: [{ to }] })],
      network,
    );
    expect(reach.ports('a/x', 'api-server')).toEqual([]);
  });
});

describe('the metadata service', () => {
  const out = (block: object) =>
    new Reach([
      pod('a/x'),
      policy('a/p', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: block }] }] }),
    ]);

  it('is reached where a range holds its address, and not where it is left out', () => {
    expect(out({ cidr: '0.0.0.0/0' }).verdict('a/x', 'metadata')).toBe('open');
    expect(out({ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }).verdict('a/x', 'metadata')).toBe(
      'denied',
    );
    expect(out({ cidr: '::/0' }).verdict('a/x', 'metadata')).toBe('open');
    expect(out({ cidr: '::/0', except: ['fd00:ec2::254/128'] }).verdict('a/x', 'metadata')).toBe('denied');
    expect(new Reach([pod('a/x')]).verdict('a/x', 'metadata')).toBe('open');
  });

  it('calls nobody', () => {
    expect(new Reach([pod('a/x')]).ports('metadata', 'a/x')).toEqual([]);
  });
});

describe('nodes', () => {
  it('are a point where their addresses are stated', () => {
    const ids = (network?: ClusterNetwork) =>
      new Reach([pod('a/x')], network).reachability.points.map(({ id }) => id);
    expect(ids()).not.toContain('nodes');
    expect(ids({ nodes: ['192.0.2.0/24'] })).toContain('nodes');
  });

  it.each([
    ['a whole range of them: for certain', '192.0.2.0/24', 'open'],
    ['one of a range: perhaps, for nobody says which are taken', '192.0.2.0/25', 'possible'],
    ['none', '203.0.113.0/24', 'denied'],
  ])('%s', (_, cidr, verdict) => {
    const out = policy('a/p', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }] }] });
    const reach = new Reach([pod('a/x'), out], { nodes: ['192.0.2.0/24', '198.51.100.0/24'] });
    expect(reach.verdict('a/x', 'nodes')).toBe(verdict);
  });
});

describe('pods that are not among the objects', () => {
  const peer = {
    namespaceSelector: { matchLabels: { team: 'x' } },
    podSelector: { matchLabels: { app: 'y' } },
  };
  const id = 'pods app=y in namespaces team=x';

  it('are one point for each peer that selects nothing', () => {
    const reach = new Reach([
      pod('a/x', {}, { ports: [{ name: 'web', containerPort: 8080 }] }),
      policy('a/p', { ingress: [{ from: [peer], ports: [{ port: 'web' }] }] }),
    ]);
    expect(reach.reachability.points).toContainEqual({ id, type: 'elsewhere' });
    expect(reach.ports(id, 'a/x')).toEqual(['TCP 8080']);
    expect(reach.ports('a/x', id)).toEqual(['TCP 1-65535', 'UDP 1-65535', 'SCTP 1-65535']);
  });

  it('are no point where the peer selects somebody', () => {
    const reach = new Reach([
      ...[namespace('b', { team: 'x' }), pod('b/y', { app: 'y' }), pod('a/x')],
      policy('a/p', { ingress: [{ from: [peer] }] }),
    ]);
    expect(reach.reachability.points.map(({ type }) => type)).not.toContain('elsewhere');
  });
});

describe('other rules than the one that names pods elsewhere', () => {
  const named = (namespace: string, labels: object) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: labels },
  });
  const id = 'pods app=prometheus in mon';
  const with443 = (to: readonly object[], network: object = {}) =>
    new Reach(
      [
        ...[pod('a/x', { app: 'x' }), pod('a/y', { app: 'y' })],
        policy('a/y', {
          podSelector: { matchLabels: { app: 'y' } },
          egress: [{ to: [named('mon', { app: 'prometheus' })], ports: [{ port: 9090 }] }],
        }),
        policy('a/x', {
          podSelector: { matchLabels: { app: 'x' } },
          egress: [{ to, ports: [{ port: 443 }] }],
        }),
      ],
      network,
    );
  const certainty = (reach: Reach) =>
    reach.reachability.flows.find((flow) => flow.from === 'Pod a/x' && flow.to === id)?.openings[0]?.possible;

  it.each<[string, object]>([
    ['all pods of all namespaces', { namespaceSelector: {} }],
    ['a namespace by another label', { namespaceSelector: { matchLabels: { team: 'ops' } } }],
    ['pods there by another label', named('mon', { part: 'server' })],
    ['addresses that pods may have', { ipBlock: { cidr: '10.0.0.0/8' } }],
  ])('may find them by %s', (_, peer) => {
    expect(with443([peer]).ports('a/x', id)).toEqual(['TCP 443']);
    expect(certainty(with443([peer]))).toBe(true);
  });

  it.each<[string, object]>([
    ['another namespace', named('logs', { app: 'prometheus' })],
    ['another value', named('mon', { app: 'grafana' })],
    [
      'not that value',
      {
        namespaceSelector: {},
        podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['prometheus'] }] },
      },
    ],
    [
      'no such label',
      {
        namespaceSelector: {},
        podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
      },
    ],
    ['addresses outside', { ipBlock: { cidr: '203.0.113.0/24' } }],
  ])('do not find them by %s', (_, peer) => {
    expect(with443([peer]).ports('a/x', id)).toEqual([]);
  });

  it('do not find them by addresses that are stated to be no pods', () => {
    const reach = with443([{ ipBlock: { cidr: '10.0.0.0/8' } }], { pods: ['172.16.0.0/16'] });
    expect(reach.ports('a/x', id)).toEqual([]);
  });
});

it('counts the policies of other APIs, which are not read', () => {
  const other = (type: string) => holder(type, 'a/x', {});
  const { notCounted } = new Reach([
    other('cilium.io/v2/CiliumNetworkPolicy'),
    other('cilium.io/v2/CiliumNetworkPolicy'),
    other('projectcalico.org/v3/GlobalNetworkPolicy'),
    other('cilium.io/v2/CiliumNode'),
  ]).reachability;
  expect(notCounted).toEqual({
    'cilium.io/v2/CiliumNetworkPolicy': 2,
    'projectcalico.org/v3/GlobalNetworkPolicy': 1,
  });
});

describe('an address', () => {
  it('is in the ranges that hold it: nodes and the metadata service stand for several', () => {
    const to = (cidr: string) => [{ ipBlock: { cidr } }];
    const out = policy('a/p', {
      policyTypes: ['Egress'],
      egress: [{ to: [...to('169.254.169.254/32'), ...to('192.0.2.0/25')] }],
    });
    const reach = new Reach([pod('a/x'), out], { nodes: ['192.0.2.0/24'] });
    expect(reach.verdict('a/x', '169.254.169.254')).toBe('open');
    expect(reach.verdict('a/x', 'fd00:ec2::254')).toBe('denied');
    expect(reach.verdict('a/x', '192.0.2.1')).toBe('open');
    expect(reach.verdict('a/x', '192.0.2.200')).toBe('denied');
  });
});

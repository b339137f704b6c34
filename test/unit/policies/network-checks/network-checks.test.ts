import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NETWORK_CHECKS } from '../../../../policies/network-checks';
import { connection, judged, namespace, pod, policy } from '../../support/network';

const told = (...[yaml, network, foreign]: Parameters<typeof judged>): readonly string[] =>
  judged(yaml, network, foreign).findings.map(({ control, resource, path }) =>
    `${control} ${resource.kind} ${resource.name} ${path}`.trim(),
  );

const SHOP = namespace() + pod('web') + pod('api');

test('what is right breaks nothing', () => {
  expect(told(SHOP + connection('web', 'api', '8080'))).toEqual([]);
});

test('no check disappears or comes without notice, and each says why and what to do', () => {
  expect(NETWORK_CHECKS.map(({ id }) => id)).toEqual([
    'firewall-agrees',
    'namespace-not-isolated',
    'policy-address-ranges',
    'policy-matches-nothing',
    'policy-one-sided',
    'policy-port-closed',
  ]);
  for (const { rationale, remediation, title } of NETWORK_CHECKS) {
    for (const text of [rationale, remediation]) expect(text).toMatch(/^[A-Z].+[.]$/);
    expect(title).toMatch(/^[A-Z].+[^.]$/);
  }
});

test('docs/controls.md lists them as they are, and no other', () => {
  const [, page] = readFileSync(join(__dirname, '../../../../docs/controls.md'), 'utf8').split(
    '## The network as a whole',
  );
  const rows = page!
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual(
    NETWORK_CHECKS.map(({ id, title, severity, mappings }) => [
      `\`${id}\``,
      title,
      severity,
      mappings.recommendations.join(', '),
    ]),
  );
});

describe('policy-matches-nothing', () => {
  const of = (spec: string, foreign?: Parameters<typeof judged>[2]) =>
    told(SHOP + policy('one', spec), {}, foreign).filter((line) => line.startsWith('policy-matches-nothing'));

  it('names a policy for pods that there are not', () => {
    expect(of('{ podSelector: { matchLabels: { app: wbe } } }')).toEqual([
      'policy-matches-nothing NetworkPolicy one spec.podSelector',
    ]);
  });

  it.each([
    ['in the same namespace', '{ podSelector: { matchLabels: { app: wbe } } }'],
    [
      'in a namespace that is not there',
      '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shpo } } }',
    ],
    [
      'by an expression',
      '{ podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [web, api] }] } }',
    ],
  ])('names a peer that finds nobody %s', (_, peer) => {
    expect(
      of(
        `{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [${peer}], ports: [{ port: 8080 }] }] }`,
      ),
    ).toEqual(['policy-matches-nothing NetworkPolicy one spec.ingress[0].from[0]']);
  });

  it('takes pods that are said to be elsewhere, the cluster DNS, and policies for all pods that there will be', () => {
    const peer =
      '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: mon } }, podSelector: { matchLabels: { app: prometheus } } }';
    const spec = `{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [${peer}], ports: [{ port: 8080 }] }] }`;
    expect(of(spec)).toHaveLength(1);
    expect(of(spec, [{ namespace: 'mon', labels: { app: 'prometheus' } }])).toEqual([]);
    expect(of(spec, [{ namespace: 'mon', labels: { app: 'other' } }])).toHaveLength(1);
    expect(of(spec, [{ namespace: 'other', labels: { app: 'prometheus' } }])).toHaveLength(1);
    expect(
      of(
        '{ podSelector: { matchLabels: { app: web } }, egress: [{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }], ports: [{ port: 53, protocol: UDP }] }] }',
      ),
    ).toEqual([]);
    expect(told(namespace('empty'))).toEqual([]);
  });
});

describe('policy-port-closed', () => {
  it.each([
    ['a number', '9090', true],
    ['a name', 'metrics', true],
    ['a number that is declared', '8080', false],
    ['a name that is declared', 'http', false],
    ['a range with a declared port in it, by its end', '8000, endPort: 8080', false],
    ['a range without one', '8081, endPort: 9000', true],
    ['the right number of the wrong protocol', '8080, protocol: UDP', true],
  ])('%s', (_, port, isTold) => {
    const yaml =
      namespace() +
      pod('web') +
      pod('api', '[{ containerPort: 8080, name: http }]') +
      connection('web', 'api', port);
    const lines = told(yaml).filter((line) => line.startsWith('policy-port-closed'));
    expect(lines).toEqual(
      isTold
        ? [
            'policy-port-closed NetworkPolicy web-out spec.egress[0].ports[0]',
            'policy-port-closed NetworkPolicy api-in spec.ingress[0].ports[0]',
          ]
        : [],
    );
  });

  it('counts the ports of containers that start before and run on', () => {
    const sidecar =
      ', initContainers: [{ name: proxy, restartPolicy: Always, ports: [{ containerPort: 9090 }] }]';
    const yaml = (more: string) =>
      namespace() + pod('web') + pod('api', '[]', 'shop', more) + connection('web', 'api', '9090');
    expect(told(yaml(sidecar))).toEqual([]);
    expect(
      told(yaml(sidecar.replace(', restartPolicy: Always', '').replace('restartPolicy: Always, ', ''))),
    ).toHaveLength(2);
  });
});

describe('policy-one-sided', () => {
  const [out, into] = connection('web', 'api', '8080')
    .split('---')
    .slice(1)
    .map((part) => `---${part}`);

  it('names a connection that only one side opens', () => {
    expect(told(SHOP + out)).toEqual(['policy-one-sided NetworkPolicy web-out spec.egress[0].ports[0]']);
    expect(told(SHOP + into)).toEqual(['policy-one-sided NetworkPolicy api-in spec.ingress[0].ports[0]']);
    expect(told(SHOP + out + into)).toEqual([]);
  });

  it('names the one port of several that the other side does not open', () => {
    const both = out!.replace('[{ port: 8080 }]', '[{ port: 8080 }, { port: 9090 }]');
    const yaml =
      namespace() +
      pod('web') +
      pod('api', '[{ containerPort: 8080 }, { containerPort: 9090 }]') +
      both +
      into;
    expect(told(yaml)).toEqual(['policy-one-sided NetworkPolicy web-out spec.egress[0].ports[1]']);
  });

  it('says nothing of the DNS that is not among the objects, where all pods are let in', () => {
    const all = '[{ from: [{ namespaceSelector: {} }], ports: [{ port: 8080 }] }]';
    const one = policy('all', `{ podSelector: { matchLabels: { app: web } }, ingress: ${all} }`);
    expect(told(namespace() + pod('web') + one)).toEqual([]);
    expect(told(namespace() + pod('web') + one + namespace('kube-system'))).toEqual([
      'policy-one-sided NetworkPolicy all spec.ingress[0].ports[0]',
    ]);
  });

  it('takes a side that nothing holds as open', () => {
    const open = policy('deny-web', '{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress] }');
    const yaml =
      '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' +
      pod('web') +
      pod('api') +
      open +
      out;
    expect(told(yaml).filter((line) => line.startsWith('policy-one-sided'))).toEqual([]);
  });
});

describe('policy-address-ranges', () => {
  const NETWORK = {
    pods: ['10.244.0.0/16'],
    services: ['10.96.0.0/12'],
    nodes: ['192.0.2.0/24'],
    apiServer: {
      service: [{ address: '10.96.0.1', port: 443 }],
      endpoints: [{ address: '192.0.2.10', port: 6443 }],
    },
  };
  const of = (...blocks: readonly string[]) =>
    judged(
      SHOP +
        policy(
          'one',
          `{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ to: [${blocks.map((block) => `{ ipBlock: ${block} }`).join(', ')}], ports: [{ port: 443 }] }] }`,
        ),
      NETWORK,
    ).findings.map(({ control, path, message }) => `${control} ${path}: ${message}`);

  it.each([
    [
      'bits past the prefix',
      ['{ cidr: 203.0.113.5/24 }'],
      [
        'spec.egress[0].to[0].ipBlock.cidr: 203.0.113.5/24 has bits past its prefix: the range is 203.0.113.0/24.',
      ],
    ],
    [
      'bits past the prefix of an exception',
      ['{ cidr: "2001:db8::/32", except: ["2001:db8::1/64"] }'],
      [
        'spec.egress[0].to[0].ipBlock.except: 2001:db8::1/64 has bits past its prefix: the range is 2001:db8::/64.',
      ],
    ],
    [
      'two that overlap',
      ['{ cidr: 203.0.113.0/24 }', '{ cidr: 203.0.113.128/25 }'],
      ['spec.egress[0].to[1].ipBlock.cidr: 203.0.113.128/25 overlaps 203.0.113.0/24 of the same rule.'],
    ],
    [
      'pods',
      ['{ cidr: 10.244.1.0/24 }'],
      [
        "spec.egress[0].to[0].ipBlock.cidr: 10.244.1.0/24 holds addresses of the cluster's own pods (10.244.0.0/16).",
      ],
    ],
    [
      'services',
      ['{ cidr: 10.96.0.10/32 }'],
      [
        "spec.egress[0].to[0].ipBlock.cidr: 10.96.0.10/32 holds addresses of the cluster's own services (10.96.0.0/12).",
      ],
    ],
    [
      'some nodes',
      ['{ cidr: 192.0.2.128/25 }'],
      [
        "spec.egress[0].to[0].ipBlock.cidr: 192.0.2.128/25 holds addresses of the cluster's own nodes (192.0.2.0/24).",
      ],
    ],
  ])('names %s', (_, blocks, expected) => {
    expect(of(...blocks)).toEqual(expected.map((line) => `policy-address-ranges ${line}`));
  });

  it('takes ranges outside, the nodes as a whole, the API server, and what is excepted', () => {
    expect(of('{ cidr: 203.0.113.0/24 }', '{ cidr: 198.51.100.0/24 }')).toEqual([]);
    expect(of('{ cidr: 192.0.2.0/24 }')).toEqual([]);
    expect(of('{ cidr: 10.96.0.1/32 }', '{ cidr: 192.0.2.10/32 }')).toEqual([]);
    expect(of('{ cidr: 10.0.0.0/8, except: [10.244.0.0/16, 10.96.0.0/12] }')).toEqual([]);
    expect(of('{ cidr: 203.0.113.0/24, except: [203.0.113.128/25] }', '{ cidr: 203.0.113.128/25 }')).toEqual(
      [],
    );
  });
});

describe('namespace-not-isolated', () => {
  const deny = (types: string) => policy('deny', `{ podSelector: {}, policyTypes: [${types}] }`);

  it.each([
    ['nothing', '', 'ingress and egress'],
    ['ingress only', deny('Ingress'), 'egress'],
    ['egress only', deny('Egress'), 'ingress'],
    [
      'some of the pods',
      policy('deny', '{ podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress, Egress] }'),
      'ingress and egress',
    ],
  ])('names a namespace that denies %s', (_, policies, directions) => {
    const { findings } = judged(pod('web') + pod('api') + policies);
    expect(findings.map(({ control, resource }) => `${control} ${resource.kind} ${resource.name}`)).toEqual([
      'namespace-not-isolated Namespace shop',
    ]);
    expect(findings[0]!.message).toContain(`denies ${directions} of`);
  });

  it('takes one that denies both, pods in the network of their node, and namespaces without pods', () => {
    expect(told(pod('web') + deny('Ingress, Egress'))).toEqual([]);
    expect(told(pod('agent', '[]', 'kube-system', ', hostNetwork: true'))).toEqual([]);
    expect(told('---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n')).toEqual([]);
  });

  it('names a namespace that is declared, too, and one in which each pod has a policy of its own', () => {
    const declared = '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' + pod('web');
    const own = policy(
      'own',
      '{ podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress, Egress] }',
    );
    for (const yaml of [declared, declared + own])
      expect(told(yaml)).toEqual(['namespace-not-isolated Namespace shop']);
  });
});

describe('firewall-agrees', () => {
  const AGENT = pod('agent', '[{ containerPort: 9100 }]', 'kube-system', ', hostNetwork: true');
  const rule = { protocol: 'TCP', port: 9100, from: ['192.0.2.0/24'] } as const;
  const service = `
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
`;
  const letIn = (cidr: string) =>
    policy(
      'in',
      `{ podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [{ from: [{ ipBlock: { cidr: ${cidr} } }], ports: [{ port: 8080 }] }] }`,
    );

  it('takes what both open, and says nothing where the firewall is not known', () => {
    expect(told(AGENT, { firewall: [rule] })).toEqual([]);
    expect(told(AGENT)).toEqual([]);
    expect(told(SHOP, { firewall: [{ ...rule, port: 10250, for: 'kubelet' }] })).toEqual([]);
    expect(told(AGENT, { firewall: [{ ...rule, port: 9000, endPort: 9100 }] })).toEqual([]);
  });

  it('names a port of pods in the network of the node, and a host port, that the firewall closes', () => {
    expect(told(AGENT, { firewall: [] })).toEqual(['firewall-agrees Pod agent spec']);
    expect(told(AGENT, { firewall: [{ ...rule, protocol: 'UDP' }] })).toContain(
      'firewall-agrees Pod agent spec',
    );
    const host = namespace() + pod('web', '[{ containerPort: 8080, hostPort: 80 }]');
    expect(told(host, { firewall: [] })).toEqual(['firewall-agrees Pod web spec']);
    expect(told(host, { firewall: [{ ...rule, port: 80 }] })).toEqual([]);
  });

  it('names a port that the firewall opens for nobody', () => {
    expect(told(SHOP, { firewall: [rule] })).toEqual([
      'firewall-agrees FirewallRule tcp-9100 from 192.0.2.0/24 app.network.firewall[0]',
    ]);
  });

  it('names a node port that the firewall opens and network policies close, and the other way round', () => {
    const open = { protocol: 'TCP', port: 30080, from: ['198.51.100.0/24'] } as const;
    expect(told(SHOP + service, { firewall: [open] })).toEqual([
      'firewall-agrees FirewallRule tcp-30080 from 198.51.100.0/24 app.network.firewall[0]',
    ]);
    expect(told(SHOP + service + letIn('198.51.100.0/24'), { firewall: [open] })).toEqual([]);
    expect(told(SHOP + service + letIn('198.51.100.0/25'), { firewall: [open] })).toHaveLength(1);
    expect(told(SHOP + service + letIn('198.51.100.0/24'), { firewall: [] })).toEqual([
      'firewall-agrees Service web spec.ports[0].nodePort',
    ]);
  });
});

import { namespace, pod, policy, Reach } from '../support/reach';

/* The rules of the NetworkPolicy API, one test each: its reference (networking.k8s.io/v1) and the page of its concept. */

const PODS = [
  pod('a/web', { app: 'web' }),
  pod('a/api', { app: 'api' }),
  pod('b/web', { app: 'web' }),
  pod('b/api', { app: 'api' }),
];
const NAMESPACES = [namespace('a', { team: 'one' }), namespace('b', { team: 'two' })];
const ALL_PORTS = ['TCP 1-65535', 'UDP 1-65535', 'SCTP 1-65535'];
const EVERY_POD = {};

/** The four pods, held by policies of which each stands in namespace `a`. */
function held(...specs: readonly unknown[]): Reach {
  return new Reach([...NAMESPACES, ...PODS, ...specs.map((spec, at) => policy(`a/p${at}`, spec))]);
}

/** Who of the other three pods, and of an address outside, reaches `a/api`. */
function whoReachesApi(from: unknown): readonly string[] {
  const reach = held({ podSelector: { matchLabels: { app: 'api' } }, ingress: [{ from }] });
  return ['a/web', 'b/web', 'b/api', '198.51.100.1'].filter((end) => reach.allows(end, 'a/api'));
}

describe('without policies', () => {
  it('everything is open', () => {
    const reach = held();
    expect(reach.ports('a/web', 'b/api')).toEqual(ALL_PORTS);
    expect(reach.ports('a/web', 'outside')).toEqual(ALL_PORTS);
    expect(reach.ports('outside', 'a/web')).toEqual(ALL_PORTS);
  });
});

describe('policyTypes', () => {
  const INGRESS = { in: false, out: true };
  const EGRESS = { in: true, out: false };
  const BOTH = { in: false, out: false };
  const somebody = { podSelector: { matchLabels: { app: 'nobody' } } };

  it.each([
    ['absent, without rules: Ingress', {}, INGRESS],
    ['absent, with an empty egress: Ingress', { egress: [] }, INGRESS],
    ['absent, with ingress rules: Ingress', { ingress: [{ from: [somebody] }] }, INGRESS],
    ['absent, with egress rules: Ingress and Egress', { egress: [{ to: [somebody] }] }, BOTH],
    ['null is absent', { policyTypes: null, egress: [{ to: [somebody] }] }, BOTH],
    ['an empty list is absent', { policyTypes: [], egress: [{ to: [somebody] }] }, BOTH],
    ['an empty list without rules', { policyTypes: [] }, INGRESS],
    ['only Ingress leaves egress alone', { policyTypes: ['Ingress'] }, INGRESS],
    ['only Egress leaves ingress alone', { policyTypes: ['Egress'] }, EGRESS],
    ['both', { policyTypes: ['Ingress', 'Egress'] }, BOTH],
    [
      'egress rules without their type are ignored',
      { policyTypes: ['Ingress'], egress: [{ to: [somebody] }] },
      INGRESS,
    ],
    [
      'ingress rules without their type are ignored',
      { policyTypes: ['Egress'], ingress: [{ from: [somebody] }] },
      EGRESS,
    ],
  ])('%s', (_, spec, expected) => {
    const reach = held({ podSelector: EVERY_POD, ...spec });
    expect({ in: reach.allows('b/web', 'a/api'), out: reach.allows('a/api', 'b/web') }).toEqual(expected);
  });

  it('rules of a direction that is not among them open nothing', () => {
    const reach = held({ policyTypes: ['Egress'], ingress: [{}] }, { policyTypes: ['Ingress'] });
    expect(reach.allows('b/web', 'a/api')).toBe(false);
  });
});

describe('podSelector of a policy', () => {
  it.each([
    ['empty', { podSelector: {} }],
    ['absent', {}],
    ['null', { podSelector: null }],
    ['of empty parts', { podSelector: { matchLabels: {}, matchExpressions: [] } }],
  ])('%s selects all pods of the namespace, and none of others', (_, spec) => {
    const reach = held(spec);
    expect(['a/web', 'a/api', 'b/web', 'b/api'].map((to) => reach.allows('198.51.100.1', to))).toEqual([
      ...[false, false],
      ...[true, true],
    ]);
  });

  it('selects by labels, and leaves other pods alone', () => {
    const reach = held({ podSelector: { matchLabels: { app: 'api' } } });
    expect(reach.allows('b/web', 'a/api')).toBe(false);
    expect(reach.allows('b/web', 'a/web')).toBe(true);
  });

  it('a policy without a spec denies what comes in', () => {
    const reach = held(undefined);
    expect(reach.allows('b/web', 'a/api')).toBe(false);
    expect(reach.allows('a/api', 'b/web')).toBe(true);
  });
});

describe('rules', () => {
  it.each([
    ['absent', {}],
    ['null', { ingress: null }],
    ['none', { ingress: [] }],
  ])('%s: everything is denied', (_, spec) => {
    const reach = held({ podSelector: EVERY_POD, policyTypes: ['Ingress'], ...spec });
    for (const from of ['a/web', 'b/web', '198.51.100.1', 'outside'])
      expect(reach.ports(from, 'a/api')).toEqual([]);
  });

  it('one empty rule opens everything', () => {
    const reach = held({ ingress: [{}], egress: [{}] });
    for (const other of ['a/web', 'b/web', 'outside']) {
      expect(reach.ports(other, 'a/api')).toEqual(ALL_PORTS);
      expect(reach.ports('a/api', other)).toEqual(ALL_PORTS);
    }
  });

  it.each([
    ['absent', {}],
    ['null', { from: null, ports: null }],
    ['empty', { from: [], ports: [] }],
  ])('peers and ports %s: everybody, at all ports', (_, rule) => {
    const reach = held({ ingress: [rule] });
    expect(reach.ports('b/web', 'a/api')).toEqual(ALL_PORTS);
    expect(reach.ports('outside', 'a/api')).toEqual(ALL_PORTS);
  });

  it('to is read as from is', () => {
    const reach = held({ policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }, { to: [] }] });
    expect(reach.ports('a/api', 'outside')).toEqual(ALL_PORTS);
    const closed = held({ policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] });
    expect(closed.ports('a/api', 'a/web')).toEqual(ALL_PORTS);
    expect(closed.ports('a/api', 'b/web')).toEqual([]);
    expect(closed.ports('a/api', 'outside')).toEqual([]);
  });

  it('peers hold for the ports of their own rule only', () => {
    const reach = held({
      ingress: [
        { from: [{ podSelector: {} }], ports: [{ port: 80 }] },
        { from: [{ namespaceSelector: {} }], ports: [{ port: 81 }] },
      ],
    });
    expect(reach.ports('a/web', 'a/api')).toEqual(['TCP 80-81']);
    expect(reach.ports('b/web', 'a/api')).toEqual(['TCP 81']);
  });
});

describe('peers', () => {
  const api = { podSelector: { matchLabels: { app: 'api' } } };
  const web = { podSelector: { matchLabels: { app: 'web' } } };
  const one = { namespaceSelector: { matchLabels: { team: 'one' } } };
  const two = { namespaceSelector: { matchLabels: { team: 'two' } } };

  it.each([
    ['podSelector alone: of the policy’s namespace', [web], ['a/web']],
    ['an empty podSelector alone: all pods of the policy’s namespace', [{ podSelector: {} }], ['a/web']],
    ['namespaceSelector alone: all pods of those namespaces', [two], ['b/web', 'b/api']],
    [
      'an empty namespaceSelector: all pods of all namespaces, and no addresses outside',
      [{ namespaceSelector: {} }],
      ['a/web', 'b/web', 'b/api'],
    ],
    ['both in one item: and', [{ ...two, ...web }], ['b/web']],
    ['two items: or', [two, web], ['a/web', 'b/web', 'b/api']],
    ['a podSelector with an empty namespaceSelector', [{ namespaceSelector: {}, ...api }], ['b/api']],
    ['null is absent', [{ namespaceSelector: null, ...web, ipBlock: null }], ['a/web']],
    ['by the policy’s own namespace', [one], ['a/web']],
    [
      'kubernetes.io/metadata.name is a label of every namespace',
      [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'b' } } }],
      ['b/web', 'b/api'],
    ],
  ])('%s', (_, from, expected) => {
    expect(whoReachesApi(from)).toEqual(expected);
  });

  it('kubernetes.io/metadata.name is that of namespaces that are not declared, and nobody writes another', () => {
    const to = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'b' } } }];
    const deny = policy('a/p', { egress: [{ to }] });
    expect(new Reach([...PODS, deny]).allows('a/web', 'b/api')).toBe(true);
    const lied = namespace('b', { 'kubernetes.io/metadata.name': 'x' });
    expect(new Reach([...PODS, lied, deny]).allows('a/web', 'b/api')).toBe(true);
  });

  it('an object without a namespace is in default', () => {
    const deny = { ...policy('x/p', {}), metadata: { name: 'p' } };
    const reach = new Reach([pod('default/p'), pod('other/p'), deny]);
    expect(reach.allows('other/p', 'default/p')).toBe(false);
    expect(reach.allows('default/p', 'other/p')).toBe(true);
  });
});

describe('label selectors', () => {
  const expression = (key: string, operator: string, values?: readonly string[]) => ({
    matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
  });

  it.each([
    ['In', expression('app', 'In', ['web', 'x']), ['web']],
    ['In: an absent key is in no list', expression('tier', 'In', ['front']), ['web']],
    ['NotIn', expression('app', 'NotIn', ['web', 'x']), ['api', 'none']],
    ['NotIn: an absent key is in no list', expression('tier', 'NotIn', ['front']), ['api', 'none']],
    ['Exists', expression('tier', 'Exists'), ['web']],
    ['DoesNotExist', expression('tier', 'DoesNotExist'), ['api', 'none']],
    ['Exists: an empty value is one', expression('empty', 'Exists'), ['api']],
    ['matchLabels: an empty value is not an absent one', { matchLabels: { empty: '' } }, ['api']],
    ['matchLabels: all of them', { matchLabels: { app: 'web', tier: 'back' } }, []],
    [
      'matchLabels and matchExpressions: all of both',
      { matchLabels: { tier: 'front' }, ...expression('app', 'In', ['api']) },
      [],
    ],
    [
      'matchExpressions: all of them',
      {
        matchExpressions: [
          { key: 'app', operator: 'Exists' },
          { key: 'tier', operator: 'DoesNotExist' },
        ],
      },
      ['api'],
    ],
    ['names of JavaScript are labels as others', expression('constructor', 'Exists'), []],
    [
      'names of JavaScript are absent as others',
      expression('constructor', 'DoesNotExist'),
      ['web', 'api', 'none'],
    ],
  ])('%s', (_, podSelector, expected) => {
    const all = [
      pod('c/web', { app: 'web', tier: 'front' }),
      pod('c/api', { app: 'api', empty: '' }),
      pod('c/none'),
    ];
    const inPolicy = new Reach([...all, policy('c/p', { podSelector })]);
    const denied = ['web', 'api', 'none'].filter((name) => !inPolicy.allows('198.51.100.1', `c/${name}`));
    expect(denied).toEqual(expected);
    const inPeer = new Reach([
      ...all,
      pod('c/other', { app: 'other', tier: 'other', constructor: 'x' }),
      policy('c/p', {
        podSelector: { matchLabels: { app: 'other' } },
        policyTypes: ['Egress'],
        egress: [{ to: [{ podSelector }] }],
      }),
    ]);
    expect(['web', 'api', 'none'].filter((name) => inPeer.allows('c/other', `c/${name}`))).toEqual(expected);
  });
});

describe('ipBlock', () => {
  const from = (cidr: string, except?: readonly string[]) => [
    { ipBlock: { cidr, ...(except === undefined ? {} : { except }) } },
  ];
  const outside = (...block: Parameters<typeof from>): Reach => held({ ingress: [{ from: from(...block) }] });

  it('holds both ends of its range, and nothing beside', () => {
    const reach = outside('192.0.2.64/26');
    const asked = ['192.0.2.63', '192.0.2.64', '192.0.2.127', '192.0.2.128', '2001:db8::1'];
    expect(asked.filter((address) => reach.allows(address, 'a/api'))).toEqual(['192.0.2.64', '192.0.2.127']);
  });

  it('without what it leaves out', () => {
    const reach = outside('192.0.2.0/24', ['192.0.2.64/26', '192.0.2.200/32']);
    const asked = ['192.0.2.63', '192.0.2.64', '192.0.2.127', '192.0.2.128', '192.0.2.200', '192.0.2.201'];
    expect(asked.filter((address) => reach.allows(address, 'a/api'))).toEqual([
      ...['192.0.2.63', '192.0.2.128', '192.0.2.201'],
    ]);
  });

  it('what one block leaves out, another one may hold', () => {
    const reach = held({
      ingress: [{ from: [...from('192.0.2.0/24', ['192.0.2.64/26']), ...from('192.0.2.65/32')] }],
    });
    expect(reach.allows('192.0.2.64', 'a/api')).toBe(false);
    expect(reach.allows('192.0.2.65', 'a/api')).toBe(true);
  });

  it('IPv6 as IPv4, and no family holds the other', () => {
    const reach = outside('2001:db8::/126');
    const asked = ['2001:db8::', '2001:db8::3', '2001:db8::4', '192.0.2.1'];
    expect(asked.filter((address) => reach.allows(address, 'a/api'))).toEqual(['2001:db8::', '2001:db8::3']);
  });

  it('of bits past the prefix: the range they are in', () => {
    expect(outside('192.0.2.77/24').allows('192.0.2.1', 'a/api')).toBe(true);
  });

  it('egress to a range', () => {
    const reach = held({ policyTypes: ['Egress'], egress: [{ to: from('192.0.2.0/24') }] });
    expect(reach.verdict('a/api', '192.0.2.1')).toBe('open');
    expect(reach.verdict('a/api', '198.51.100.1')).toBe('denied');
    expect(reach.verdict('a/api', 'outside')).toBe('denied');
  });

  it('holds pods by the addresses that they have', () => {
    const reach = new Reach([
      pod('a/api', {}, { ips: ['10.1.0.1'] }),
      pod('b/in', {}, { ips: ['10.1.0.2'] }),
      pod('b/out', {}, { ips: ['10.2.0.2'] }),
      policy('a/p', { ingress: [{ from: from('10.1.0.0/16') }] }),
    ]);
    expect(reach.verdict('b/in', 'a/api')).toBe('open');
    expect(reach.verdict('b/out', 'a/api')).toBe('denied');
  });

  it.each([
    ['a range of the cluster’s pods in part: perhaps', '10.1.0.0/17', ['10.1.0.0/16'], 'possible'],
    ['a range of all of the cluster’s pods: for certain', '10.0.0.0/8', ['10.1.0.0/16'], 'open'],
    ['none of the cluster’s pods', '192.0.2.0/24', ['10.1.0.0/16'], 'denied'],
    ['in one family, which all pods have', '10.0.0.0/8', ['10.1.0.0/16', 'fd01::/64'], 'open'],
    ['private, where nobody says more: perhaps', '10.0.0.0/8', undefined, 'possible'],
    ['all of IPv4, where nobody says more: pods may have none', '0.0.0.0/0', undefined, 'possible'],
    ['public, where nobody says more', '192.0.2.0/24', undefined, 'denied'],
  ])('pods without addresses: %s', (_, cidr, pods, verdict) => {
    const deny = policy('a/p', { ingress: [{ from: from(cidr) }] });
    const reach = new Reach([...PODS, deny], pods === undefined ? {} : { pods });
    expect(reach.verdict('b/web', 'a/api')).toBe(verdict);
  });
});

describe('dual stack', () => {
  const out = (cidr: string) =>
    policy('a/out', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }] }] });
  const into = (cidr: string) => policy('b/in', { ingress: [{ from: [{ ipBlock: { cidr } }] }] });
  const both = [
    pod('a/one', {}, { ips: ['10.0.0.1', 'fd00::1'] }),
    pod('b/two', {}, { ips: ['10.0.0.2', 'fd00::2'] }),
  ];

  it('either family is enough', () => {
    for (const cidr of ['10.0.0.2/32', 'fd00::2/128'])
      expect(new Reach([...both, out(cidr)]).verdict('a/one', 'b/two')).toBe('open');
  });

  it('a packet has one family: what one side opens in one, and the other in the other, is denied', () => {
    expect(new Reach([...both, out('10.0.0.0/8'), into('10.0.0.0/8')]).verdict('a/one', 'b/two')).toBe(
      'open',
    );
    expect(new Reach([...both, out('10.0.0.0/8'), into('fd00::/8')]).verdict('a/one', 'b/two')).toBe(
      'denied',
    );
    const range = { pods: ['10.0.0.0/8', 'fd00::/8'] };
    const unknown = [pod('a/one'), pod('b/two')];
    const crossed = new Reach([...unknown, out('10.0.0.0/8'), into('fd00::/8')], range);
    expect(crossed.verdict('a/one', 'b/two')).toBe('denied');
  });

  it('a family that the source does not have opens nothing', () => {
    const [, two] = both;
    const four = pod('a/one', {}, { ips: ['10.0.0.1'] });
    expect(new Reach([four, two!, out('fd00::/8')]).verdict('a/one', 'b/two')).toBe('denied');
    expect(new Reach([four, two!, out('10.0.0.0/8')]).verdict('a/one', 'b/two')).toBe('open');
  });

  it('what selectors open is open in both', () => {
    const everybody = policy('b/in', { ingress: [{ from: [{ namespaceSelector: {} }] }] });
    for (const cidr of ['10.0.0.0/8', 'fd00::/8'])
      expect(new Reach([...both, out(cidr), everybody]).verdict('a/one', 'b/two')).toBe('open');
  });

  it('is certain in one family only where both sides are', () => {
    const range = { pods: ['10.0.0.0/8', 'fd00::/8'] };
    const some = (...cidrs: readonly string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    const reach = new Reach(
      [
        ...[pod('a/one'), pod('b/two')],
        policy('a/out', { policyTypes: ['Egress'], egress: [{ to: some('10.0.0.0/8', 'fd00::/9') }] }),
        policy('b/in', { ingress: [{ from: some('10.0.0.0/9', 'fd00::/8') }] }),
      ],
      range,
    );
    expect(reach.verdict('a/one', 'b/two')).toBe('possible');
  });
});

describe('ports', () => {
  const opened = (...ports: readonly unknown[]): readonly string[] =>
    held({ ingress: [{ ports }] }).ports('b/web', 'a/api');

  it.each([
    ['protocol is TCP where it is absent', [{ port: 80 }], ['TCP 80']],
    ['protocol is TCP where it is null', [{ protocol: null, port: 80 }], ['TCP 80']],
    ['of a protocol', [{ protocol: 'SCTP', port: 80 }], ['SCTP 80']],
    ['absent: all of the protocol', [{ protocol: 'UDP' }], ['UDP 1-65535']],
    ['null: all of the protocol', [{ protocol: 'UDP', port: null }], ['UDP 1-65535']],
    ['neither: all of TCP', [{}], ['TCP 1-65535']],
    ['endPort is the last one', [{ port: 80, endPort: 90 }], ['TCP 80-90']],
    ['endPort may be the port', [{ port: 80, endPort: 80 }], ['TCP 80']],
    ['two items: or', [{ port: 443 }, { port: 53, protocol: 'UDP' }], ['TCP 443', 'UDP 53']],
    [
      'what overlaps and what follows is one',
      [{ port: 1, endPort: 9 }, { port: 5, endPort: 12 }, { port: 13 }],
      ['TCP 1-13'],
    ],
    ['the first and the last that there are', [{ port: 1 }, { port: 65535 }], ['TCP 1', 'TCP 65535']],
  ])('%s', (_, ports, expected) => {
    expect(opened(...ports)).toEqual(expected);
  });

  it('a range holds both its ends, and nothing beside', () => {
    const reach = held({ ingress: [{ ports: [{ port: 80, endPort: 90 }] }] });
    expect([79, 80, 90, 91].filter((port) => reach.allows('b/web', 'a/api', port))).toEqual([80, 90]);
  });
});

describe('named ports', () => {
  const servers = [
    pod('a/one', {}, { ports: [{ name: 'web', containerPort: 8080 }] }),
    pod(
      'a/two',
      {},
      {
        ports: [
          { name: 'web', containerPort: 9090 },
          { name: 'dns', containerPort: 53, protocol: 'UDP' },
        ],
      },
    ),
    pod('a/none', {}, { ports: [8080] }),
    pod('b/client'),
  ];

  it('are those of each pod that is reached', () => {
    const reach = new Reach([...servers, policy('a/p', { ingress: [{ ports: [{ port: 'web' }] }] })]);
    expect(reach.ports('b/client', 'a/one')).toEqual(['TCP 8080']);
    expect(reach.ports('b/client', 'a/two')).toEqual(['TCP 9090']);
    expect(reach.ports('b/client', 'a/none')).toEqual([]);
    expect(reach.ports('outside', 'a/one')).toEqual(['TCP 8080']);
  });

  it('are those of the destination, not of the source, for egress', () => {
    const out = policy('a/p', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 'web' }] }] });
    const reach = new Reach([...servers, out]);
    expect(reach.ports('a/one', 'a/two')).toEqual(['TCP 9090']);
    expect(reach.ports('a/two', 'a/one')).toEqual(['TCP 8080']);
    expect(reach.ports('a/one', 'b/client')).toEqual([]);
  });

  it('have to be of the protocol', () => {
    const named = (port: string, protocol: string) =>
      new Reach([...servers, policy('a/p', { ingress: [{ ports: [{ port, protocol }] }] })]);
    expect(named('dns', 'UDP').ports('b/client', 'a/two')).toEqual(['UDP 53']);
    expect(named('dns', 'TCP').ports('b/client', 'a/two')).toEqual([]);
  });

  it('addresses have none', () => {
    const out = policy('a/p', {
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 'web' }, { port: 443 }] }],
    });
    expect(new Reach([...servers, out]).ports('a/one', 'outside')).toEqual(['TCP 443']);
  });

  it('at pods that are not known may be any', () => {
    const peer = { podSelector: { matchLabels: { app: 'unseen' } } };
    const out = policy('a/p', {
      policyTypes: ['Egress'],
      egress: [{ to: [peer], ports: [{ port: 'web' }] }],
    });
    const reach = new Reach([...servers, out]);
    expect(reach.verdict('a/one', 'pods app=unseen in a', 1234)).toBe('possible');
    expect(reach.verdict('a/one', 'pods app=unseen in a', 1234, 'UDP')).toBe('denied');
  });

  it('sidecars have ports, and init containers that end have none', () => {
    const base = pod('a/one') as unknown as { readonly spec: object };
    const init = (restartPolicy?: string) => ({
      ...(base as never as ReturnType<typeof pod>),
      spec: {
        ...base.spec,
        initContainers: [{ name: 'i', restartPolicy, ports: [{ name: 'web', containerPort: 7 }] }],
      },
    });
    const named = policy('a/p', { ingress: [{ ports: [{ port: 'web' }] }] });
    expect(new Reach([init('Always'), pod('b/client'), named]).ports('b/client', 'a/one')).toEqual(['TCP 7']);
    expect(new Reach([init(), pod('b/client'), named]).ports('b/client', 'a/one')).toEqual([]);
  });
});

describe('several policies', () => {
  const allow = (app: string, port: number) => ({
    ingress: [{ from: [{ podSelector: { matchLabels: { app } } }], ports: [{ port }] }],
  });

  it('add up, in any order', () => {
    for (const specs of [
      [{}, allow('web', 80), allow('web', 443)],
      [allow('web', 443), allow('web', 80), {}],
    ])
      expect(held(...specs).ports('a/web', 'a/api')).toEqual(['TCP 80', 'TCP 443']);
  });

  it('both sides have to let it through', () => {
    const out = { policyTypes: ['Egress'], podSelector: { matchLabels: { app: 'web' } } };
    const to = (port: number, endPort: number) => ({ egress: [{ ports: [{ port, endPort }] }] });
    const into = {
      podSelector: { matchLabels: { app: 'api' } },
      ingress: [{ ports: [{ port: 85, endPort: 95 }] }],
    };
    expect(held({ ...out, ...to(80, 90) }, into).ports('a/web', 'a/api')).toEqual(['TCP 85-90']);
    expect(held(out, into).ports('a/web', 'a/api')).toEqual([]);
    expect(
      held({ ...out, ...to(80, 90) }, { podSelector: into.podSelector }).ports('a/web', 'a/api'),
    ).toEqual([]);
  });

  it('that hold a pod, and what each of them opens, are named', () => {
    const { reachability } = held({}, allow('web', 80), allow('web', 80));
    const point = reachability.points.find(({ id }) => id === 'Pod a/api');
    expect(point).toMatchObject({ ingressDeniedBy: ['a/p0', 'a/p1', 'a/p2'], egressDeniedBy: [] });
    const flow = reachability.flows.find(({ from, to }) => from === 'Pod a/web' && to === 'Pod a/api');
    expect(flow?.openings).toEqual([
      { protocol: 'TCP', port: 80, endPort: 80, egress: [], ingress: ['a/p1', 'a/p2'] },
    ]);
  });
});

describe('what the API server refuses', () => {
  it.each([
    ['an unknown type', { policyTypes: ['Both'] }],
    ['more types than there are', { policyTypes: ['Ingress', 'Egress', 'Ingress'] }],
    ['a peer that names nobody', { ingress: [{ from: [{}] }] }],
    [
      'a peer of addresses and pods',
      { ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] },
    ],
    ['a range that is none', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/33' } }] }] }],
    [
      'an exception outside of its range',
      { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/9'] } }] }] },
    ],
    [
      'an exception of all of its range',
      { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }] }] },
    ],
    ['port 0', { ingress: [{ ports: [{ port: 0 }] }] }],
    ['port 65536', { ingress: [{ ports: [{ port: 65536 }] }] }],
    ['endPort below port', { ingress: [{ ports: [{ port: 80, endPort: 79 }] }] }],
    ['endPort with a name', { ingress: [{ ports: [{ port: 'web', endPort: 79 }] }] }],
    ['endPort without a port', { ingress: [{ ports: [{ endPort: 79 }] }] }],
    ['an unknown protocol', { ingress: [{ ports: [{ protocol: 'ICMP' }] }] }],
    ['a name that is none', { ingress: [{ ports: [{ port: 'Web_1' }] }] }],
    ['In without values', { podSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }],
    [
      'Exists with values',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } },
    ],
    ['a key that is none', { podSelector: { matchLabels: { 'a b': 'c' } } }],
    [
      'a key that JavaScript takes for something else',
      { podSelector: { matchLabels: JSON.parse('{"__proto__":"c"}') as object } },
    ],
    ['a prefix of a key that is none', { podSelector: { matchLabels: { 'A_/b': 'c' } } }],
    [
      'a prefix of more than 253 characters',
      { podSelector: { matchLabels: { [`${'a'.repeat(254)}/b`]: 'c' } } },
    ],
    ['a key of more than 63 characters', { podSelector: { matchLabels: { ['a'.repeat(64)]: 'c' } } }],
    ['a value that is none', { podSelector: { matchLabels: { a: 'b c' } } }],
    ['a value of more than 63 characters', { podSelector: { matchLabels: { a: 'b'.repeat(64) } } }],
    ['a value that is no text', { podSelector: { matchLabels: { a: 1 } } }],
    ['labels that are a list', { podSelector: { matchLabels: ['a'] } }],
    [
      'a key of an expression that is none',
      { podSelector: { matchExpressions: [{ key: '-', operator: 'Exists' }] } },
    ],
    [
      'a value of an expression that is none',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['é'] }] } },
    ],
    [
      'an unknown operator',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] } },
    ],
  ])('%s', (_, spec) => {
    const { cluster } = held(spec);
    expect(cluster.problems.map(({ code }) => code)).toEqual(['reach/policy']);
    expect(cluster.policies).toEqual([]);
  });
});

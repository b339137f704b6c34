import fc from 'fast-check';
import { Addresses, HardenedDeployment, Port, renderApp, type AddressesProps } from '../../../../constructs';
import { METADATA_ADDRESSES, type ClusterNetwork } from '../../../../model';
import { checkObjects } from '../../../../policies';
import { judgeNetwork } from '../../../../policies/network-checks';
import { appWithChart, appWithNamespace, IMAGE, NETWORK } from '../../support/charts';
import { problemsOf } from '../../support/problems';

function addresses(props: AddressesProps, network?: ClusterNetwork) {
  return Addresses.of(appWithChart(undefined, network).chart, 'payments', props);
}

const refused = (props: AddressesProps, network?: ClusterNetwork) =>
  problemsOf(() => addresses(props, network));

describe('Addresses.of', () => {
  it('are the ranges, each without the exceptions that are in it', () => {
    const peers = addresses({
      ranges: ['203.0.113.0/24', '2001:DB8:0::/48'],
      except: ['203.0.113.8/29', '2001:db8:0:1::/64'],
    }).policyPeers();
    expect(peers).toEqual([
      { ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.8/29'] } },
      { ipBlock: { cidr: '2001:db8::/48', except: ['2001:db8:0:1::/64'] } },
    ]);
  });

  it.each([
    ['169.254.0.0/16', '169.254.169.254/32'],
    ['128.0.0.0/2', '169.254.169.254/32'],
    ['169.254.169.254/31', '169.254.169.254/32'],
    ['fd00::/8', 'fd00:ec2::254/128'],
  ])('never hold the address at which clouds give out credentials: %s', (range, metadata) => {
    expect(addresses({ ranges: [range] }).policyPeers()).toEqual([
      { ipBlock: { cidr: range, except: [metadata] } },
    ]);
  });

  it('say each exception once', () => {
    const except = ['169.254.0.0/16', '169.254.169.0/24', '169.254.0.0/16'];
    expect(addresses({ ranges: ['160.0.0.0/4'], except }).policyPeers()).toEqual([
      { ipBlock: { cidr: '160.0.0.0/4', except: ['169.254.0.0/16'] } },
    ]);
  });

  it.each([
    ['10.0.0.5/24', 'Write 10.0.0.0/24 for the range, or 10.0.0.5/32 for the one address.'],
    ['2001:db8::1/32', 'Write 2001:db8::/32 for the range, or 2001:db8::1/128 for the one address.'],
  ])('are refused with bits past the prefix: %s', (text, fix) => {
    expect(refused({ ranges: [text] })).toEqual([
      {
        code: 'construct/invalid',
        where: 'chart/payments.ranges[0]',
        message: `"${text}" has bits set past its prefix.`,
        fix,
      },
    ]);
  });

  it.each(
    [
      ['203.0.113.7', 'Write 203.0.113.7/32.'],
      ['2001:db8::7', 'Write 2001:db8::7/128.'],
      ...[
        '',
        '/',
        '10.0.0.0/33',
        '10.0.0.0/-1',
        '10.0.0.0/08',
        '010.0.0.0/8',
        '10.0.0/8',
        '::ffff:10.0.0.0/104',
      ],
      ...['fe80::%eth0/64', '::/129', 'payments.example', 'x'.repeat(9999)],
    ].map((one) => (typeof one === 'string' ? [one, 'Write it as 203.0.113.0/24 or 2001:db8::/32.'] : one)),
  )('are refused where the text is no range: %.40s', (text, fix) => {
    const [problem, ...more] = refused({ ranges: [text!] });
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ where: 'chart/payments.ranges[0]', fix });
    expect(problem!.message).toMatch(/is no range of addresses\.$/);
    expect(problem!.message.length).toBeLessThan(120);
  });

  it.each<[string, AddressesProps, string, string]>([
    ['no range', { ranges: [] }, 'ranges', 'No range is given, which a network policy takes for everybody.'],
    ['no list', { ranges: '10.0.0.0/8' as never }, 'ranges', 'It is no list of texts.'],
    [
      'no list of exceptions',
      { ranges: ['192.0.2.0/24'], except: {} as never },
      'except',
      'It is no list of texts.',
    ],
    ['no text', { ranges: [7 as never] }, 'ranges[0]', '7 is no range of addresses.'],
    ['nothing', { ranges: [null as never] }, 'ranges[0]', 'A value of type object is no range of addresses.'],
    [
      'an exception that is none',
      { ranges: ['192.0.2.0/24'], except: ['x'] },
      'except[0]',
      '"x" is no range of addresses.',
    ],
    [
      'an exception outside',
      { ranges: ['192.0.2.0/24'], except: ['198.51.100.0/24'] },
      'except',
      '198.51.100.0/24 is in none of the ranges.',
    ],
    [
      'a wider exception',
      { ranges: ['192.0.2.0/24'], except: ['192.0.0.0/16'] },
      'except',
      '192.0.0.0/16 is in none of the ranges.',
    ],
    [
      'all as exception',
      { ranges: ['192.0.2.0/24'], except: ['192.0.2.0/24'] },
      'except',
      '192.0.2.0/24 is a range as well: nothing would be left of it.',
    ],
    [
      'a range in another',
      { ranges: ['192.0.2.0/24', '192.0.2.8/29'] },
      'ranges',
      '192.0.2.8/29 and 192.0.2.0/24 overlap.',
    ],
    [
      'a range twice',
      { ranges: ['2001:db8::/32', '2001:db8::/32'] },
      'ranges',
      '2001:db8::/32 and 2001:db8::/32 overlap.',
    ],
    ['all of one family', { ranges: ['0.0.0.0/0'] }, 'ranges', '0.0.0.0/0 is every address of its family.'],
    [
      'the metadata',
      { ranges: ['169.254.169.254/32'] },
      'ranges',
      'At 169.254.169.254 a cloud gives its machines credentials, and gives them to each pod that may ask.',
    ],
    [
      'the metadata by IPv6',
      { ranges: ['fd00:ec2::254/128'] },
      'ranges',
      'At fd00:ec2::254 a cloud gives its machines credentials, and gives them to each pod that may ask.',
    ],
  ])('are refused: %s', (_what, props, place, message) => {
    expect(refused(props)).toMatchObject([
      { where: `chart/payments.${place}`, message, fix: expect.stringMatching(/\.$/) },
    ]);
  });

  it('tell all that is wrong at once, the id too', () => {
    const made = () =>
      Addresses.of(appWithChart().chart, 'Pay.ments', {
        ranges: ['10.0.0.5/24', 'x', '0.0.0.0/0'],
        except: ['y'],
      });
    expect(problemsOf(made).map(({ where }) => where)).toEqual([
      'chart/Pay.ments.id',
      'chart/Pay.ments.ranges[0]',
      'chart/Pay.ments.ranges[1]',
      'chart/Pay.ments.except[0]',
      'chart/Pay.ments.ranges',
    ]);
  });

  it.each([
    ['pods', '10.244.3.0/24', '10.244.0.0/16'],
    ['pods', '10.0.0.0/8', '10.244.0.0/16'],
    ['services', '10.96.0.1/32', '10.96.0.0/12'],
    ['nodes', '192.0.2.64/26', '192.0.2.0/24'],
    ['pods', 'fd00:10:244::/48', 'fd00:10:244::/56'],
  ])('are refused where they hold addresses of the cluster: %s, %s', (what, range, own) => {
    const found = refused({ ranges: [range] }, NETWORK).find(({ message }) => message.includes(what));
    expect(found).toMatchObject({ where: 'chart/payments.ranges' });
    expect(found!.message).toContain(`${range} holds addresses of the cluster's own ${what} (${own})`);
    const why: Record<string, string> = {
      pods: 'the address of a pod',
      services: 'the address of a Service',
      nodes: 'nodes come and go',
    };
    expect(found!.message).toContain(`(${own}): `);
    expect(found!.message).toContain(why[what]!);
    expect(found!.fix).toContain(what === 'nodes' ? 'Addresses.nodes' : 'Name the workloads');
    // Where nothing is stated, nobody can tell.
    expect(() => addresses({ ranges: [range] })).not.toThrow();
  });

  it('may hold them where they are left out', () => {
    const except = ['10.244.0.0/16', '10.96.0.0/11'];
    expect(() => addresses({ ranges: ['10.0.0.0/8'], except }, NETWORK)).not.toThrow();
  });
});

describe('Addresses.everywhere', () => {
  it('is both families without the metadata', () => {
    expect(Addresses.everywhere(appWithChart().chart, 'internet').policyPeers()).toEqual([
      { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } },
      { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128'] } },
    ]);
  });

  it('is outside of the cluster, as far as that is stated, and leaves out what it was told', () => {
    const { chart } = appWithChart(undefined, NETWORK);
    const internet = Addresses.everywhere(chart, 'internet', { except: ['198.51.100.0/24', '10.0.0.0/8'] });
    expect(internet.policyPeers()).toEqual([
      {
        ipBlock: {
          cidr: '0.0.0.0/0',
          except: ['198.51.100.0/24', '10.0.0.0/8', '192.0.2.0/24', '169.254.169.254/32'],
        },
      },
      {
        ipBlock: {
          cidr: '::/0',
          except: ['fd00:10:244::/56', 'fd00:10:96::/112', 'fd00:ec2::254/128'],
        },
      },
    ]);
  });

  it.each([['::/0'], ['0.0.0.0/0'], ['10.0.0.1/8'], ['x']])('leaves something: not without %s', (except) => {
    const { chart } = appWithChart();
    expect(problemsOf(() => Addresses.everywhere(chart, 'internet', { except: [except] }))).toHaveLength(1);
  });
});

describe('Addresses.nodes', () => {
  it('are the stated ranges, without pods that have addresses there, each once', () => {
    const nodes = ['192.0.2.0/24', '192.0.2.0/26', '192.0.2.0/24', '198.51.100.0/24'];
    const { chart } = appWithChart(undefined, { nodes, pods: ['192.0.2.128/25'] });
    expect(Addresses.nodes(chart).policyPeers()).toEqual([
      { ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } },
      { ipBlock: { cidr: '198.51.100.0/24' } },
    ]);
  });

  it('are refused where nobody says what they are', () => {
    expect(problemsOf(() => Addresses.nodes(appWithChart().chart))).toMatchObject([
      {
        code: 'construct/invalid',
        where: 'chart/nodes.network.nodes',
        message: expect.stringContaining('does not state the addresses of its nodes'),
        fix: expect.stringContaining('network: { nodes:'),
      },
    ]);
  });
});

describe('Addresses.apiServer', () => {
  it('are those of its endpoints', () => {
    expect(Addresses.apiServer(appWithChart(undefined, NETWORK).chart).policyPeers()).toEqual([
      { ipBlock: { cidr: '192.0.2.10/32' } },
      { ipBlock: { cidr: '192.0.2.11/32' } },
    ]);
  });

  it('are refused where nobody says what they are', () => {
    expect(problemsOf(() => Addresses.apiServer(appWithChart().chart))).toMatchObject([
      {
        where: 'chart/api-server.network.apiServer',
        message: expect.stringContaining('does not state where its API server is'),
        fix: expect.stringContaining('kubectl -n default get endpointslices kubernetes'),
      },
    ]);
  });
});

describe('whatever ranges are given', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const v4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
  const v6 = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.map((group) => group.toString(16)).join(':'));
  const cidr = fc.oneof(
    fc.tuple(v4, fc.integer({ min: 0, max: 33 })).map(([ip, length]) => `${ip}/${length}`),
    fc.tuple(v6, fc.integer({ min: 0, max: 129 })).map(([ip, length]) => `${ip}/${length}`),
    fc.constantFrom('169.254.0.0/16', '160.0.0.0/3', 'fd00::/8', '10.0.0.0/8', '::/0'),
    fc.string(),
  );
  const props = fc.record({
    ranges: fc.array(cidr, { maxLength: 3 }),
    except: fc.array(cidr, { maxLength: 3 }),
  });

  it('are refused by name, or open no metadata and break no control', () => {
    fc.assert(
      fc.property(props, ({ ranges, except }) => {
        const { app, chart, namespace } = appWithNamespace();
        const api = new HardenedDeployment(chart, 'api', { namespace, image: IMAGE });
        let peer: Addresses;
        try {
          peer = Addresses.of(chart, 'payments', { ranges, except });
        } catch {
          expect(problemsOf(() => addresses({ ranges, except })).length).toBeGreaterThan(0);
          return;
        }
        api.connectTo(peer, Port.tcp(443));
        const objects = renderApp(app).objects.map(({ manifest }) => ({ manifest, source: 's' }));
        expect(checkObjects(objects).filter(({ control }) => control !== 'default-deny')).toEqual([]);
        expect(judgeNetwork(objects).problems).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('there are two addresses to keep from', () => {
    expect(METADATA_ADDRESSES).toEqual(['169.254.169.254', 'fd00:ec2::254']);
  });
});

import { App, Chart } from 'cdk8s';
import fc from 'fast-check';
import { KeelsonApp, networkOf } from '../../../../constructs';
import { KeelsonError, type ClusterNetwork } from '../../../../model';
import { appWithChart, NETWORK } from '../../support/charts';
import { problemsOf } from '../../support/problems';

const FULL: ClusterNetwork = {
  ...NETWORK,
  plugin: 'cilium',
  firewall: [
    { protocol: 'TCP', port: 10250, from: ['192.0.2.0/24'], for: 'kubelet' },
    { protocol: 'UDP', port: 30000, endPort: 32767, from: ['0.0.0.0/0', '::/0'] },
  ],
};

const refused = (network: unknown) =>
  problemsOf(() => new KeelsonApp({ network: network as ClusterNetwork })).map(
    ({ where, message }) => `${where}: ${message}`,
  );

describe('the network of an app', () => {
  it('is what was stated, for all that is in the app', () => {
    expect(networkOf(appWithChart(undefined, FULL).chart)).toEqual(FULL);
  });

  it('is not known where nothing was stated, or the app is another', () => {
    expect(networkOf(appWithChart().chart)).toEqual({});
    expect(networkOf(new Chart(new App(), 'chart'))).toEqual({});
  });

  it('has each address in its canonical form', () => {
    const { network } = new KeelsonApp({
      network: {
        pods: ['FD00:0:0::/48'],
        apiServer: {
          service: [{ address: 'FD00:0::1', port: 443 }],
          endpoints: [{ address: '2001:DB8::/64', port: 6443 }],
        },
        firewall: [{ protocol: 'SCTP', port: 1, from: ['2001:DB8::/64'] }],
      },
    });
    expect(network).toEqual({
      pods: ['fd00::/48'],
      apiServer: {
        service: [{ address: 'fd00::1', port: 443 }],
        endpoints: [{ address: '2001:db8::/64', port: 6443 }],
      },
      firewall: [{ protocol: 'SCTP', port: 1, from: ['2001:db8::/64'] }],
    });
  });

  it('cannot be changed afterwards, by whom it was given neither', () => {
    const stated = structuredClone(FULL);
    const { network } = new KeelsonApp({ network: stated });
    Object.assign(stated.apiServer!.endpoints[0]!, { address: '198.51.100.1' });
    Object.assign(stated.firewall![0]!, { port: 1 });
    expect(network).toEqual(FULL);
    for (const part of [network, network.pods, network.apiServer!.endpoints[0], network.firewall![0]])
      expect(Object.isFrozen(part)).toBe(true);
  });
});

describe('what is wrong with a network', () => {
  it('is told all at once', () => {
    const network = {
      pods: ['10.244.0.1/16', '10.245.0.0'],
      services: [],
      nodes: '192.0.2.0/24',
      node: ['192.0.2.0/24'],
      apiServer: {
        service: [{ address: 'kubernetes', port: 0 }],
        endpoints: [],
        endpoint: [],
      },
      plugin: 'flannel',
      firewall: [
        { protocol: 'ICMP', port: 70000, endPort: 1.5, from: [], for: ' ', to: 1 },
        { protocol: 'TCP', port: 20, endPort: 10, from: ['x'], for: 7 },
        'ssh',
      ],
    };
    expect(refused(network)).toEqual([
      'app.network.node: There is no such setting.',
      'app.network.plugin: "flannel" is not a plugin that more is known of.',
      'app.network.pods[0]: "10.244.0.1/16" has bits set past its prefix.',
      'app.network.pods[1]: "10.245.0.0" is no range of addresses.',
      'app.network.services: No range is given.',
      'app.network.nodes: It is no list of texts.',
      'app.network.apiServer.endpoint: There is no such setting.',
      'app.network.apiServer.service[0].address: "kubernetes" is no range of addresses.',
      'app.network.apiServer.service[0].port: 0 is not a port.',
      'app.network.apiServer.endpoints: No address is given.',
      'app.network.firewall[0].to: There is no such setting.',
      'app.network.firewall[0].protocol: "ICMP" is not a protocol.',
      'app.network.firewall[0].port: 70000 is not a port.',
      'app.network.firewall[0].endPort: 1.5 is not a port.',
      'app.network.firewall[0].endPort: The range ends at 1.5, before it starts.',
      'app.network.firewall[0].from: It names nobody who may connect.',
      'app.network.firewall[0].for: " " names nothing that answers.',
      'app.network.firewall[1].endPort: The range ends at 10, before it starts.',
      'app.network.firewall[1].for: 7 names nothing that answers.',
      'app.network.firewall[1].from[0]: "x" is no range of addresses.',
      'app.network.firewall[2].protocol: A value of type undefined is not a protocol.',
      'app.network.firewall[2].port: A value of type undefined is not a port.',
      'app.network.firewall[2].from: It names nobody who may connect.',
    ]);
  });

  it.each([
    ['pods', ['0.0.0.0/0'], 'app.network.pods[0]: "0.0.0.0/0" is every address.'],
    ['nodes', ['192.0.2.0/24', '::/0'], 'app.network.nodes[1]: "::/0" is every address.'],
    ['firewall', {}, 'app.network.firewall: It is no list of rules.'],
    ['plugin', null, 'app.network.plugin: A value of type object is not a plugin that more is known of.'],
  ])('%s: %j', (field, value, problem) => {
    expect(refused({ [field]: value })).toEqual([problem]);
  });

  it.each([[[]], ['calico'], [7]])('it is no network: %j', (network) => {
    expect(refused(network)).toEqual(['app.network: It is no object.']);
  });

  it.each([[null], [{}], [[]], ['x']])('an API server is somewhere: %j', (apiServer) => {
    expect(refused({ apiServer })).toEqual([
      'app.network.apiServer.service: No address is given.',
      'app.network.apiServer.endpoints: No address is given.',
    ]);
  });

  it.each([
    ['0.0.0.0/0', 'is more than the addresses of API servers'],
    ['128.0.0.0/1', 'is more than the addresses of API servers'],
    ['2000::/3', 'is more than the addresses of API servers'],
    ['169.254.169.254', 'a cloud gives out credentials.'],
    ['fd00:ec2::254/128', 'a cloud gives out credentials.'],
  ])('an API server is not at %s', (address, message) => {
    const one = [{ address, port: 443 }];
    expect(
      refused({ apiServer: { service: one, endpoints: [{ address: '192.0.2.1', port: 443 }] } }),
    ).toEqual([expect.stringContaining(message)]);
  });

  it('is told with the commands that show where the API server is', () => {
    const [problem] = problemsOf(() => new KeelsonApp({ network: { apiServer: {} as never } }));
    expect(problem!.fix).toContain('kubectl -n default get service kubernetes');
    expect(problem!.fix).toContain('kubectl -n default get endpointslices kubernetes');
  });

  it('is never anything but named problems, whatever is given', () => {
    const network = fc.record(
      {
        pods: fc.anything(),
        services: fc.anything(),
        nodes: fc.array(fc.anything()),
        apiServer: fc.oneof(
          fc.anything(),
          fc.record({ service: fc.anything(), endpoints: fc.array(fc.anything()) }),
        ),
        plugin: fc.anything(),
        firewall: fc.array(fc.oneof(fc.anything(), fc.record({ port: fc.anything(), from: fc.anything() }))),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(network, (given) => {
        try {
          new KeelsonApp({ network: given as ClusterNetwork });
        } catch (error) {
          expect(error).toBeInstanceOf(KeelsonError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Three control planes with etcd beside each: one machine is lost, the first one, and made anew. */
import { ApiClient, readKubeconfig } from '../../probes';
import { cannotBoot } from '../machines/machines';
import { startLoadBalancer, type LoadBalancer } from '../machines/load-balancer';
import { prepareCluster, type Provisioned } from './support/provisioned';

const reason = cannotBoot();
const withMachines = reason === undefined ? describe : describe.skip;

jest.setTimeout(900_000);

/** On a new machine everything is built first. */
const BUILDS = 2_400_000;

withMachines('three control planes', () => {
  let provisioned: Provisioned;
  let balancer: LoadBalancer;
  let client: ApiClient;

  beforeAll(async () => {
    provisioned = await prepareCluster(['cp-1', 'cp-2', 'cp-3'], {
      endpoint: (gateway) => `${gateway}:6443`,
      reference: false,
    });
    const { booted, machines } = provisioned;
    const addresses = machines.map(({ address }) => address);
    balancer = await startLoadBalancer(booted.gateway, 6443, addresses);
    await provisioned.up();
    client = new ApiClient(readKubeconfig(provisioned.kubeconfig));
  }, BUILDS);
  afterAll(async () => {
    client?.close();
    await balancer?.stop();
    await provisioned?.stop();
  });

  const members = async (): Promise<readonly string[]> => {
    const out = await provisioned.kubectl(
      ...['-n', 'kube-system', 'exec', `etcd-cp-2`, '--', 'etcdctl', '--endpoints=https://127.0.0.1:2379'],
      ...[
        '--cacert=/etc/kubernetes/pki/etcd/ca.crt',
        '--cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt',
      ],
      ...['--key=/etc/kubernetes/pki/etcd/healthcheck-client.key', 'member', 'list'],
    );
    return out
      .trim()
      .split('\n')
      .map((line) => line.split(', ')[2]!)
      .sort();
  };

  test('etcd has a member on each, and all are ready', async () => {
    expect(await members()).toEqual(['cp-1', 'cp-2', 'cp-3']);
  });

  test('the first is lost: the API stays, and no write that was answered is gone', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const answered: string[] = [];
    let failures = 0;
    let writing = true;
    const writer = (async () => {
      for (let at = 0; writing; at++) {
        const name = `write-${at}`;
        const response = await client
          .send({ method: 'POST', path, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } })
          .catch(() => undefined);
        if (response?.status === 201) answered.push(name);
        else failures++;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await provisioned.machines[0]!.kill();
    const before = answered.length;
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    writing = false;
    await writer;
    console.log(
      `${answered.length} writes answered, ${answered.length - before} of them after the loss, ${failures} not`,
    );
    expect(answered.length).toBeGreaterThan(before + 20);
    const list = (await client.send({ path })).json<{ items: { metadata: { name: string } }[] }>();
    const there = new Set(list!.items.map(({ metadata }) => metadata.name));
    expect(answered.filter((name) => !there.has(name))).toEqual([]);
  });

  test('made anew, with another host key, it is the node and the member again by one up', async () => {
    const [lost] = provisioned.machines;
    await lost!.wipe();
    await provisioned.up();
    expect(await members()).toEqual(['cp-1', 'cp-2', 'cp-3']);
    const nodes = JSON.parse(await provisioned.kubectl('get', 'nodes', '-o', 'json')) as {
      items: { status: { conditions: { type: string; status: string }[] } }[];
    };
    const ready = nodes.items.map(
      ({ status }) => status.conditions.find(({ type }) => type === 'Ready')!.status,
    );
    expect(ready).toEqual(['True', 'True', 'True']);
    expect(Object.keys((await provisioned.up()).summary.resourceChanges ?? {})).toEqual(['same']);
  });
});

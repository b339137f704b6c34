/**
 * A complete cluster from clean machines by one `pulumi up` over SSH, with the three-tier application in it: what runs, what reaches
 * what, which ports answer, what drifts, and what is left when it is gone.
 */
import { chmodSync, copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'cdk8s';
import { renderApp } from '../../constructs';
import type { ClusterNetwork } from '../../model';
import { ApiClient, PROBES, readKubeconfig, runProbes } from '../../probes';
import {
  readCluster,
  reachabilityOf,
  ReachabilityIndex,
  type Reachability,
  type WorkloadPoint,
} from '../../reachability';
import { shopProgram } from '../tools/shop/shop';
import { cannotBoot } from '../machines/machines';
import { entriesOf } from '../../stacks/cluster/machine-files';
import type { TestMachine } from '../machines/machine';
import { prepareCluster, type Provisioned } from './support/provisioned';
import { testCluster } from './support/cluster';
import { testStack } from './support/stack';
import { DATABASE_PASSWORD, referenceTree } from './support/reference';

const reason = cannotBoot();
const withMachines = reason === undefined ? describe : describe.skip;
if (reason !== undefined) console.warn(`The cluster is not tested here: ${reason}`);

jest.setTimeout(900_000);

/** On a new machine everything is built first. */
const BUILDS = 2_400_000;

withMachines('a cluster of one control plane and two workers', () => {
  let provisioned: Provisioned;
  let machines: readonly TestMachine[];

  beforeAll(async () => {
    provisioned = await prepareCluster(['cp-1', 'worker-1', 'worker-2']);
    ({ machines } = provisioned);
    // What the programs of the test tools need on the machines.
    for (const machine of machines) writeProgram(machine);
  }, BUILDS);
  afterAll(async () => provisioned?.stop());

  test('the first preview shows all of it, before any machine was touched', async () => {
    const { changeSummary } = await provisioned.stack.preview();
    expect(changeSummary.create).toBeGreaterThan(230);
    for (const machine of machines)
      expect(await machine.sh('ls /etc/keelson /usr/local/bin/kubelet 2>&1 || :')).toMatch(/No such file/);
  });

  test('one up: nodes are ready, and the application runs', async () => {
    const started = Date.now();
    await provisioned.up();
    console.log(
      `pulumi up of three machines, platform and application: ${Math.round((Date.now() - started) / 1000)} s`,
    );
    const nodes = JSON.parse(await provisioned.kubectl('get', 'nodes', '-o', 'json')) as {
      items: { status: { conditions: { type: string; status: string }[] } }[];
    };
    expect(
      nodes.items.map(({ status }) => status.conditions.find(({ type }) => type === 'Ready')!.status),
    ).toEqual(['True', 'True', 'True']);
    const pods = await podsOf('shop');
    expect(pods.map(({ phase }) => phase)).toEqual(Array(5).fill('Running'));
    expect(new Set(pods.map(({ node }) => node)).size).toBe(2);
  });

  test('a refresh finds nothing, and a second up does nothing', async () => {
    const refreshed = await provisioned.stack.refresh();
    expect(Object.keys(refreshed.summary.resourceChanges ?? {})).toEqual(['same']);
    const { summary } = await provisioned.up();
    expect(Object.keys(summary.resourceChanges ?? {})).toEqual(['same']);
  });

  test.each(['web', 'api', 'database'])(
    '%s runs with all that is declared, by the word of its kernel',
    async (tier) => {
      for (const { name } of (await podsOf('shop')).filter(({ app }) => app === tier)) {
        const status = JSON.parse(await exec(name, tier, 'status')) as Record<string, string>;
        expect(status).toEqual({
          Uid: '10001 10001 10001 10001',
          Gid: '10001 10001 10001 10001',
          Groups: '10001',
          ...{ CapInh: NONE, CapPrm: NONE, CapEff: NONE, CapBnd: NONE, CapAmb: NONE },
          Seccomp: '2',
          NoNewPrivs: '1',
          Root: 'ro',
          WriteToRoot: 'refused',
          Token: 'none',
        });
      }
    },
  );

  test('it answers through its Services, tier by tier, and keeps its data when the database is killed', async () => {
    const [web] = (await podsOf('shop')).filter(({ app }) => app === 'web');
    // Through api and database: the test is where the outside is, so it asks from within web.
    const ask = (...args: readonly string[]): Promise<string> => exec(web!.name, 'web', ...args);
    expect(await ask('put', 'http://api:8080', 'ship', 'keelson')).toMatch(/^200 keelson/);
    const database = (await podsOf('shop')).find(({ app }) => app === 'database')!;
    const node = machines.find(({ name }) => name === database.node)!;
    await node.sh('pkill -KILL -x database');
    await eventually(async () => {
      const [after] = (await podsOf('shop')).filter(({ app }) => app === 'database');
      expect(after!.restarts).toBe(1);
      expect(await ask('get', 'http://api:8080', 'ship')).toMatch(/^200 keelson/);
    });
  });

  test('what reaches what is what keelson reach computes, cell by cell', async () => {
    const { app, construct } = referenceTree(provisioned.options(), provisioned.artifacts);
    const computed = computedReachability(app, construct.network);
    const index = new ReachabilityIndex(computed);
    const point = (name: string): string =>
      computed.points.find((one): one is WorkloadPoint => one.type === 'workload' && one.name === name)!.id;
    const pods = await podsOf('shop');
    const services = JSON.parse(await provisioned.kubectl('-n', 'shop', 'get', 'services', '-o', 'json')) as {
      items: { metadata: { name: string }; spec: { clusterIP: string; ports: { port: number }[] } }[];
    };
    const cells: string[] = [];
    const wrong: string[] = [];
    for (const from of pods) {
      const targets = [
        ...pods
          .filter(({ name }) => name !== from.name)
          .flatMap(({ app: to, ip }) => PORTS.map((port) => ({ target: `${ip}:${port}`, to, port }))),
        ...services.items.flatMap(({ metadata: { name: to }, spec }) =>
          spec.ports.flatMap(({ port }) =>
            [spec.clusterIP, to, `${to}.shop.svc.cluster.local`].map((host) => ({
              target: `${host}:${port}`,
              to,
              port,
            })),
          ),
        ),
      ];
      const said = new Map(
        (await exec(from.name, from.app, 'dial', ...targets.map(({ target }) => target)))
          .trim()
          .split('\n')
          .map((line) => line.split(' ') as [string, string]),
      );
      for (const { target, to, port } of targets) {
        const isSelf = from.app === to && /[a-z]/.test(target) === false && pods.length > 0;
        const expected = index.allows({ from: point(from.app), to: point(to), protocol: 'TCP', port });
        const measured = said.get(target) === 'open';
        cells.push(`${from.app} ${target} ${measured}`);
        if (expected !== measured)
          wrong.push(
            `${from.app} on ${from.node} to ${to} (${target}): computed ${expected}, measured ${said.get(target)}${isSelf ? ' (self)' : ''}`,
          );
      }
    }
    expect(wrong).toEqual([]);
    expect(cells.filter((cell) => cell.endsWith('true')).length).toBeGreaterThan(10);
    expect(cells.length).toBeGreaterThan(100);
  });

  test('beyond the cluster pods reach nothing: not the outside, not the API server, not metadata, no port of a node', async () => {
    const [first] = await podsOf('shop');
    const addresses = [
      ...machines.flatMap(({ address }) => [22, 6443, 2379, 10250].map((port) => `${address}:${port}`)),
      `${provisioned.booted.gateway}:443`,
      '169.254.169.254:80',
      '10.96.0.1:443',
    ];
    const said = await exec(first!.name, first!.app, 'dial', ...addresses);
    expect(
      said
        .trim()
        .split('\n')
        .filter((line) => line.endsWith(' open')),
    ).toEqual([]);
  });

  test('every port of every machine: from here, and from machine to machine, what answers is what is declared', async () => {
    const { construct } = referenceTree(provisioned.options(), provisioned.artifacts);
    const seen: Record<string, readonly number[]> = {};
    const expected: Record<string, readonly number[]> = {};
    for (const to of machines) {
      const { role } = construct.machines.find(({ name }) => name === to.name)!;
      const { inbound } = construct.nodeOf(role).firewall;
      const listening = await listeningOn(to);
      for (const from of machines.filter((machine) => machine !== to)) {
        const open = inbound.filter(
          ({ protocol, peers }) =>
            protocol === 'TCP' &&
            peers.some((peer) => peer === from.address || peer === `${from.address}/32`),
        );
        expected[`${from.name} to ${to.name}`] = listening.filter((port) =>
          open.some(({ port: low = 0, endPort = low }) => low <= port && port <= endPort),
        );
        seen[`${from.name} to ${to.name}`] = await scan(from, to.address);
      }
    }
    expect(seen).toEqual(expected);
    expect(seen['worker-1 to cp-1']).toEqual([6443]);
    expect(seen['worker-1 to worker-2']).toEqual([]);
  });

  test('owners and modes on the machines are those that are declared, with their items of the CIS benchmark', async () => {
    const { construct } = referenceTree(provisioned.options(), provisioned.artifacts);
    const wrong: string[] = [];
    const items = new Set<string>();
    for (const declared of construct.machines) {
      const machine = machines.find(({ name }) => name === declared.name)!;
      for (const { path, owner, group, mode, cis = [] } of entriesOf(construct, declared)) {
        const found = await machine.sh(
          `for p in ${path}; do [ -e "$p" ] && stat -c '%n %U:%G %a' "$p"; done; :`,
        );
        for (const line of found.split('\n').filter((text) => text !== '')) {
          cis.forEach((item) => items.add(item));
          const [name, access, permissions] = line.split(' ');
          if (access !== `${owner}:${group}` || permissions !== mode.toString(8))
            wrong.push(
              `${declared.name} ${name}: ${access} ${permissions}, declared ${owner}:${group} ${mode.toString(8)}`,
            );
        }
      }
    }
    expect(wrong).toEqual([]);
    expect([...items].filter((item) => item.startsWith('1.1.')).length).toBeGreaterThan(15);
    expect([...items].filter((item) => item.startsWith('4.1.')).length).toBeGreaterThan(7);
  });

  test('the components run with exactly the flags of the constructs', async () => {
    const { construct } = referenceTree(provisioned.options(), provisioned.artifacts);
    const [first] = construct.machines;
    const { components } = construct.controlPlane(first!);
    for (const component of components) {
      const line = await machines[0]!.sh(
        `tr '\\0' '\\n' < /proc/$(pgrep -x -n ${component.name.slice(0, 15)})/cmdline`,
      );
      const flags = new Set(line.split('\n'));
      for (const { name, value } of component.settings) expect(flags).toContain(`--${name}=${value}`);
    }
  });

  test('the probes hold on it', async () => {
    const client = new ApiClient(readKubeconfig(provisioned.kubeconfig));
    try {
      const { app, construct } = referenceTree(provisioned.options(), provisioned.artifacts);
      const roles = renderApp(app)
        .objects.map(({ manifest }) => manifest)
        .filter(({ apiVersion }) => apiVersion === 'rbac.authorization.k8s.io/v1');
      const declared = computedReachability(app, construct.network);
      const evidence = await runProbes(PROBES, { client, declared, roles });
      const failed = evidence.filter(({ verdict }) => verdict === 'fails');
      console.log(evidence.map(({ probe, verdict }) => `${probe}: ${verdict}`).join('\n'));
      expect(failed.map((one) => JSON.stringify(one).slice(0, 600))).toEqual([]);
    } finally {
      client.close();
    }
  });

  test('the password of the database is nowhere but where it belongs', async () => {
    const state = join(provisioned.booted.folder, 'stack', 'state');
    for (const text of readAll(state)) expect(text.includes(DATABASE_PASSWORD)).toBe(false);
    expect(provisioned.output.join('\n')).not.toContain(DATABASE_PASSWORD);
    for (const machine of machines) {
      expect(
        await machine.sh(
          "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null; tr '\\0' '\\n' < $p/environ 2>/dev/null; done",
        ),
      ).not.toContain(DATABASE_PASSWORD);
      // In the memory file systems of the pods that use it, and in no other file.
      expect(
        await machine.sh(
          `grep -rlF ${DATABASE_PASSWORD} /etc /var/log /var/lib/etcd /root /home /tmp 2>/dev/null || :`,
        ),
      ).toBe('');
    }
  });

  test('no key is readable to anybody but its owner, and Pulumi keeps none in plain text', async () => {
    for (const machine of machines)
      expect(
        await machine.sh(
          "grep -rlE 'BEGIN (EC |RSA )?PRIVATE KEY' /etc/kubernetes /var/lib/kubelet /etc/keelson 2>/dev/null | while read -r f; do stat -L -c '%a %n' \"$f\"; done | grep -v '^600 ' || :",
        ),
      ).toBe('');
    for (const text of readAll(join(provisioned.booted.folder, 'stack', 'state')))
      expect(text).not.toMatch(KEY);
    expect(provisioned.output.join('\n')).not.toMatch(KEY);
  });

  test('a planted static pod, a changed one, a rule of the firewall, a setting and a file are found by refresh, and repaired by up', async () => {
    const [first, worker] = machines as [TestMachine, TestMachine];
    const pods = await first.sh('sha256sum /etc/kubernetes/manifests/*');
    const uid = await provisioned.kubectl('get', 'namespace', 'shop', '-o', 'jsonpath={.metadata.uid}');
    // Without its mark the first machine looks as if it were none yet: it may not start another, empty cluster.
    await first.sh('rm /etc/kubernetes/keelson/joined');
    await first.sh(
      'printf \'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"planted"}}\' > /etc/kubernetes/manifests/.planted.yaml',
    );
    await first.sh(
      "sed -i 's/--profiling=false/--profiling=true/' /etc/kubernetes/manifests/kube-scheduler.yaml",
    );
    await worker.sh('nft add rule inet keelson input tcp dport 9999 accept');
    await worker.sh('echo 0 > /proc/sys/net/ipv4/tcp_syncookies');
    await worker.sh(
      'chmod 0644 /etc/kubernetes/kubelet.conf.d/90-keelson.conf; echo "readOnlyPort: 10255" >> /etc/kubernetes/kubelet.conf.d/90-keelson.conf',
    );
    await provisioned.stack.refresh();
    const { changeSummary } = await provisioned.stack.preview();
    expect(changeSummary.update).toBeGreaterThanOrEqual(4);
    await provisioned.up();
    expect(
      await first.sh('sha256sum /etc/kubernetes/manifests/*; ls -A /etc/kubernetes/manifests | wc -l'),
    ).toBe(`${pods}4\n`);
    expect(await provisioned.kubectl('get', 'namespace', 'shop', '-o', 'jsonpath={.metadata.uid}')).toBe(uid);
    expect(await worker.sh('nft list table inet keelson')).not.toContain('9999');
    expect(await worker.sh('cat /proc/sys/net/ipv4/tcp_syncookies')).toBe('1\n');
    expect(
      await worker.sh(
        'stat -c %a /etc/kubernetes/kubelet.conf.d/90-keelson.conf; grep readOnlyPort /etc/kubernetes/kubelet.conf.d/90-keelson.conf',
      ),
    ).toBe('600\nreadOnlyPort: 0\n');
    await provisioned.stack.refresh();
    // Of the machines; objects of the cluster have a status of their own.
    const changed: string[] = [];
    await provisioned.stack.preview({
      onEvent: ({ resourcePreEvent: event }) => {
        if (
          event !== undefined &&
          event.metadata.op !== 'same' &&
          event.metadata.type.startsWith('keelson:node:')
        )
          changed.push(event.metadata.urn);
      },
    });
    expect(changed).toEqual([]);
  });

  test('the network survives a reboot of a worker', async () => {
    const worker = machines[1]!;
    await worker.reboot();
    await eventually(async () => {
      // Those of before the reboot may be there still, as ended.
      const pods = (await podsOf('shop')).filter(({ phase }) => phase === 'Running');
      expect(pods.length).toBe(5);
      for (const { name } of pods.filter(({ app }) => app === 'web'))
        expect(await exec(name, 'web', 'get', 'http://api:8080', 'ship')).toMatch(/^200/);
    });
    expect(await worker.sh('ip route')).toMatch(/10\.244\.\d+\.0\/24 via /);
  });

  test('a stack that knows nothing of the cluster does not take its machines', async () => {
    const { booted, options } = provisioned;
    const other = await testStack(join(booted.folder, 'other'), async () => void testCluster(options()));
    const ca = await machines[0]!.sh('sha256sum /etc/kubernetes/pki/ca.crt');
    await expect(other.up()).rejects.toThrow(/It is a node of another cluster/);
    expect(await machines[0]!.sh('sha256sum /etc/kubernetes/pki/ca.crt')).toBe(ca);
  });

  test('destroy leaves the machines clean', async () => {
    await provisioned.stack.destroy();
    for (const machine of machines) {
      expect(await machine.sh('pgrep -l "kube|etcd|containerd|runc|pause" || :')).toBe('');
      expect(await machine.sh('nft list tables')).not.toMatch(/keelson|kube-proxy/);
      expect(
        await machine.sh(
          'ls -d /etc/keelson /etc/containerd /var/lib/etcd/* /var/lib/kubelet/* /etc/kubernetes/[!k]* /usr/local/bin/kube* /opt/cni /etc/sysctl.d/99-zz-keelson.conf 2>/dev/null || :',
        ),
      ).toBe('');
      expect(await machine.sh('getent passwd etcd || :')).toBe('');
    }
  });

  interface SeenPod {
    readonly name: string;
    readonly app: string;
    readonly ip: string;
    readonly node: string;
    readonly phase: string;
    readonly restarts: number;
  }

  async function podsOf(namespace: string): Promise<readonly SeenPod[]> {
    interface Item {
      metadata: { name: string; labels: Record<string, string>; deletionTimestamp?: string };
      spec: { nodeName: string };
      status: { phase: string; podIP: string; containerStatuses?: { restartCount: number }[] };
    }
    const { items } = JSON.parse(await provisioned.kubectl('-n', namespace, 'get', 'pods', '-o', 'json')) as {
      items: Item[];
    };
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata, spec, status }) => ({
        name: metadata.name,
        app: metadata.labels['keelson.dev/workload'] ?? '',
        ip: status.podIP,
        node: spec.nodeName,
        phase: status.phase,
        restarts: status.containerStatuses?.[0]?.restartCount ?? 0,
      }));
  }

  /** Runs the program of a tier in its pod. */
  function exec(pod: string, tier: string, ...args: readonly string[]): Promise<string> {
    return provisioned.kubectl('-n', 'shop', 'exec', pod, '--', `/${tier}`, ...args);
  }
});

const NONE = '0000000000000000';

/** A key, and not a rule that looks for one. */
const KEY = /BEGIN (EC |RSA )?PRIVATE KEY-----(\n|\\n)[A-Za-z0-9+/]{16}/;

/** What `keelson reach` computes of an app. */
function computedReachability(app: App, network: ClusterNetwork): Reachability {
  const objects = renderApp(app).objects.map(({ manifest, construct }) => ({
    manifest,
    source: construct.node.path,
  }));
  return reachabilityOf(readCluster(objects, network));
}

/** Declared ports of the application, and such as nobody declared but where something listens. */
const PORTS = [8080, 5432, 8081, 9999, 15432];

/** Puts the program of the test on a machine: where the product puts nothing. */
function writeProgram(machine: TestMachine): void {
  copyFileSync(shopProgram(), join(machine.root, 'opt/test-machine/shop'));
  chmodSync(join(machine.root, 'opt/test-machine/shop'), 0o755);
}

/** TCP ports on which something listens beyond loopback. */
async function listeningOn(machine: TestMachine): Promise<readonly number[]> {
  const out = await machine.sh("ss -Hltn | awk '{print $4}'");
  const ports = out
    .split('\n')
    .filter((address) => address !== '' && !/^(127\.|\[::1\])/.test(address))
    .map((address) => Number(address.slice(address.lastIndexOf(':') + 1)));
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** Every TCP port of an address that answers a machine. */
async function scan(from: TestMachine, address: string): Promise<readonly number[]> {
  const { stdout } = await from.run(['/opt/test-machine/shop', 'scan', address], { timeoutMs: 300_000 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

function* readAll(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) yield readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8');
}

async function eventually(holds: () => Promise<void>, seconds = 180): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

import * as fc from 'fast-check';
import { parse } from 'yaml';
import { listenerProblems } from '../../../constructs/control-plane';
import {
  cloudInit,
  Containerd,
  ignition,
  renderEntries,
  SecretReference,
  tmpfilesText,
  tomlText,
  type NodeEntry,
  type TomlTable,
} from '../../../constructs/node';
import type { KeelsonError } from '../../../model';
import { ADDRESSES, problemsOf, sample } from './sample';

const node = sample();
const root = { owner: 'root', group: 'root' };

describe('the file tree', () => {
  test('is text, owner and mode of each file and folder; what others write has no text', () => {
    const rendered = renderEntries(node.entries);
    expect(rendered.map(({ path }) => path)).toContain('/etc/keelson/firewall.nft');
    expect(rendered.map(({ path }) => path)).not.toContain('/etc/kubernetes/admin.conf');
    expect(rendered.find(({ path }) => path === '/var/lib/etcd')).toEqual({
      path: '/var/lib/etcd',
      owner: 'etcd',
      group: 'etcd',
      mode: 0o700,
    });
  });

  test('is the same every time, for every role', () => {
    expect(JSON.stringify(sample().entries)).toBe(JSON.stringify(node.entries));
    expect(JSON.stringify(sample({ role: 'worker' }).entries)).not.toBe(JSON.stringify(node.entries));
  });

  test('writes documents as YAML, several with a line between, without aliases, a secret as its reference', () => {
    const list = ['10.96.0.10'];
    const [file] = renderEntries([
      {
        kind: 'file',
        path: '/a',
        ...root,
        mode: 0o600,
        content: [{ a: list, b: list }, { key: new SecretReference('k') }],
      },
    ]);
    expect(file!.text).toBe('a:\n  - 10.96.0.10\nb:\n  - 10.96.0.10\n---\nkey: <secret k>\n');
  });
});

describe('cloud-init', () => {
  const text = node.cloudInit();
  const data = parse(text) as {
    users: (string | { name: string })[];
    write_files: { path: string; owner: string; permissions: string; content: string; defer?: boolean }[];
    runcmd: string[][];
  };

  test('writes every file with owner and mode', () => {
    expect(text.split('\n')[0]).toBe('#cloud-config');
    const files = renderEntries(node.entries).filter((entry) => entry.text !== undefined);
    expect(data.write_files.map(({ path, content }) => [path, content])).toEqual(
      files.map((file) => [file.path, file.text]),
    );
    expect(data.write_files.find(({ path }) => path === '/etc/keelson/firewall.nft')).toMatchObject({
      owner: 'root:root',
      permissions: '0600',
    });
  });

  test('makes folders and users first, loads the firewall before anything else is started', () => {
    expect(data.users).toEqual([
      'default',
      expect.objectContaining({ name: 'etcd', system: true, lock_passwd: true }),
    ]);
    expect(data.runcmd[0]).toEqual(['systemd-tmpfiles', '--create', '/etc/tmpfiles.d/keelson.conf']);
    expect(data.runcmd.slice(-3).map((command) => command.at(-1))).toEqual([
      'keelson-firewall.service',
      'containerd.service',
      'kubelet.service',
    ]);
  });

  test('waits with files of users that are not there yet', () => {
    const entries: NodeEntry[] = [
      { kind: 'file', path: '/a', owner: 'etcd', group: 'etcd', mode: 0o600, content: 'a' },
    ];
    expect(cloudInit({ entries, users: [], units: [] })).toContain('defer: true');
  });
});

test('Ignition has users, folders, files and units', () => {
  const config = JSON.parse(node.ignition()) as {
    passwd: { users: { name: string }[] };
    storage: {
      directories: { path: string; mode: number; user: { name: string } }[];
      files: { path: string; mode: number; contents: { source: string } }[];
    };
    systemd: { units: unknown[] };
  };
  expect(config.passwd.users.map(({ name }) => name)).toEqual(['etcd']);
  expect(config.storage.directories).toContainEqual({
    path: '/var/lib/etcd',
    mode: 0o700,
    user: { name: 'etcd' },
    group: { name: 'etcd' },
  });
  const firewall = config.storage.files.find(({ path }) => path === '/etc/keelson/firewall.nft')!;
  expect(firewall.mode).toBe(0o600);
  expect(Buffer.from(firewall.contents.source.replace('data:;base64,', ''), 'base64').toString()).toBe(
    node.firewall.ruleset,
  );
  expect(config.systemd.units).toContainEqual({ name: 'keelson-firewall.service', enabled: true });
});

test.each([
  ['cloud-init', cloudInit],
  ['Ignition', ignition],
])('%s never carries a secret, however deep it stands: each file is named', (_, render) => {
  const secret = (path: string, content: object): NodeEntry => ({
    kind: 'file',
    path,
    ...root,
    mode: 0o600,
    content: content as Record<string, unknown>,
  });
  const entries = [
    ...node.entries,
    secret('/one', { keys: [{ secret: new SecretReference('a') }] }),
    secret('/two', [{ a: 1 }, { b: { c: new SecretReference('b') } }]),
  ];
  try {
    render({ entries, users: [], units: [] });
    throw new Error('it was rendered');
  } catch (error) {
    expect((error as KeelsonError).problems?.map(({ code, where }) => `${where} ${code}`)).toEqual([
      '/one output/secret',
      '/two output/secret',
    ]);
  }
});

describe('systemd-tmpfiles', () => {
  test('makes folders, and puts right what others wrote', () => {
    expect(
      tmpfilesText([
        { kind: 'folder', path: '/a b', ...root, mode: 0o700 },
        { kind: 'path', path: '/c/100%/*', owner: 'x', group: 'y', mode: 0o40 },
      ]),
    ).toBe('# Written by keelson.\nd "/a b" 0700 root root\nz /c/100%%/* 0040 x y\n');
  });
});

describe('TOML', () => {
  test('values come before tables, names are quoted where they must be', () => {
    expect(
      tomlText({ a: 1, 'x.y': { z: 'q"\\\n\u007f', deep: { on: true, list: ['a', 'b'] } }, b: [] }),
    ).toBe(
      'a = 1\nb = []\n\n["x.y"]\nz = "q\\"\\\\\\n\\u007f"\n\n["x.y".deep]\non = true\nlist = ["a", "b"]\n',
    );
  });

  test('whatever a text holds, it stays on its line and in its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        const out = tomlText({ [name]: text });
        expect(out.split('\n')).toHaveLength(2);
        expect(out.trimEnd()).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f]/);
      }),
    );
  });

  test('containerd: mirrors without a way back to the registry they stand for', () => {
    const { hosts } = new Containerd({
      mirrors: [
        { registry: 'registry.k8s.io', endpoint: 'https://mirror.example', ca: '/etc/mirror.crt' },
        { registry: '_default', endpoint: 'https://mirror.example/v2/all' },
      ],
    });
    expect(hosts[0]!.text).toBe(
      '# Written by keelson.\nserver = "https://mirror.example"\n\n[host."https://mirror.example"]\ncapabilities = ["pull", "resolve"]\nca = "/etc/mirror.crt"\n',
    );
    expect(hosts[1]!.text).toContain('override_path = true');
    const table: TomlTable = { skip_verify: true };
    expect(hosts.map(({ text }) => text).join()).not.toContain(tomlText(table).trim());
  });
});

describe('units', () => {
  const unit = (name: string) =>
    renderEntries(node.entries).find(({ path }) => path === `/etc/systemd/system/${name}`)!.text!;

  test('the firewall is there before the network and the kubelet, and stays when its unit stops', () => {
    const text = unit('keelson-firewall.service');
    expect(text).toMatch(/^Before=network-pre\.target kubelet\.service /m);
    expect(text).toMatch(/^WantedBy=sysinit\.target$/m);
    expect(text).not.toContain('ExecStop');
    expect(unit('kubelet.service')).toMatch(/^Requires=keelson-firewall\.service$/m);
  });

  test('the kubelet reads the drop-in folder, which no ConfigMap of the cluster reaches, after its configuration', () => {
    const text = unit('kubelet.service.d/10-kubeadm.conf');
    expect(text).toContain(
      '--config=/var/lib/kubelet/config.yaml --config-dir=/etc/kubernetes/kubelet.conf.d ',
    );
    expect(text).toMatch(/^ExecStart=$/m);
  });

  test('the kubelet talks to the node, to nodes, pods and its servers of names, and to nobody else', () => {
    expect(unit('kubelet.service.d/10-kubeadm.conf')).toMatch(
      /^IPAddressAllow=localhost 10\.0\.0\.0\/24 fd00:1::\/64 10\.244\.0\.0\/16 fd00:2::\/56 10\.0\.9\.53$/m,
    );
  });

  test('the kubelet can do what it has to, and no more: every line', () => {
    const [, service] = unit('kubelet.service.d/10-kubeadm.conf').split('[Service]\n');
    expect(
      service!
        .trim()
        .split('\n')
        .filter((line) => !/^(Exec|IPAddressAllow|EnvironmentFile)/.test(line)),
    ).toEqual([
      'IPAddressDeny=any',
      'CapabilityBoundingSet=~CAP_SYS_BOOT CAP_SYS_TIME CAP_WAKE_ALARM CAP_SYS_PACCT CAP_BLOCK_SUSPEND CAP_MAC_ADMIN',
      'SystemCallArchitectures=native',
      'SystemCallFilter=~@clock @cpu-emulation @obsolete @raw-io @reboot @swap',
      'SystemCallErrorNumber=EPERM',
      'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
      'RestrictRealtime=yes',
      'LockPersonality=yes',
      'MemoryDenyWriteExecute=yes',
      'KeyringMode=private',
    ]);
  });

  test('the firewall is loaded by a program that can do nothing else', () => {
    for (const line of [
      'ProtectSystem=strict',
      'CapabilityBoundingSet=CAP_NET_ADMIN CAP_DAC_READ_SEARCH',
      'NoNewPrivileges=yes',
    ])
      expect(unit('keelson-firewall.service').split('\n')).toContain(line);
  });

  test('services that flush the rules of the kernel do not run beside it', () => {
    expect(unit('keelson-firewall.service')).toMatch(
      /^Conflicts=.*nftables\.service firewalld\.service ufw\.service$/m,
    );
  });

  test('the memory of containerd is never written to a core file', () => {
    expect(unit('containerd.service')).toMatch(/^LimitCORE=0$/m);
  });

  test('the kubelet has nothing that breaks pods', () => {
    expect(unit('kubelet.service.d/10-kubeadm.conf')).not.toMatch(
      /UMask|Protect|Private(Tmp|Mounts|Devices)|RestrictSUIDSGID|RestrictNamespaces/,
    );
  });
});

describe('listeners', () => {
  test('are declared, plain ones on loopback alone', () => {
    expect(node.listeners.map(({ host, port, protocol = 'tls' }) => `${host}:${port} ${protocol}`)).toEqual([
      '0.0.0.0:10250 tls',
      '127.0.0.1:10248 plain',
      '127.0.0.1:10249 plain',
      '127.0.0.1:10256 plain',
    ]);
  });

  test('health of kube-proxy leaves the node where load balancers ask, with the reason', () => {
    const open = sample({ addresses: { ...ADDRESSES, loadBalancers: ['10.0.8.1'] } }).listeners.at(-1)!;
    expect(open).toMatchObject({ host: '0.0.0.0', port: 10256, protocol: 'plain' });
    expect(open.exposed).toContain('load balancers');
  });

  test('a plain one beyond loopback, and two on one port, are refused', () => {
    const plain = { purpose: 'metrics', port: 9100, protocol: 'plain' } as const;
    const messages = (host: string) => listenerProblems([{ ...plain, host }]).map(({ message }) => message);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost']) expect(messages(host)).toHaveLength(1);
    for (const host of ['127.0.0.1', '127.8.8.8', '::1']) expect(messages(host)).toEqual([]);
    const twice = { purpose: 'a', host: '127.0.0.1', port: 1 };
    expect(listenerProblems([twice, { ...twice, purpose: 'b' }])).toHaveLength(1);
  });

  test('a host of etcd has none of them', () => {
    const { listeners, kubelet, units } = sample({
      role: 'etcd',
      addresses: { ...ADDRESSES, etcd: ['10.0.5.0/30'] },
    });
    expect([listeners, kubelet, units]).toEqual([[], undefined, ['keelson-firewall.service']]);
  });
});

test('what is wrong with firewall, kubelet and containerd is told at once', () => {
  expect(
    problemsOf({
      allow: [{ protocol: 'TCP', port: 0, from: ['10.0.0.1'] }],
      kubelet: {
        clusterDns: ['10.99.0.10'],
        clusterDomain: 'Shop!',
        maxPods: 0,
        podPidsLimit: -1,
        systemReserved: { cpu: 'half', pid: 0 },
        kubeReserved: { memory: '1 GB', ephemeralStorage: '-1Gi' },
        preloadedImages: ['*', 'registry.example/app:1'],
      },
      containerd: {
        mirrors: [
          { registry: 'registry.k8s.io', endpoint: 'http://mirror.example' },
          { registry: 'registry.k8s.io', endpoint: 'https://me@mirror.example', ca: 'ca.crt' },
          { registry: '../etc', endpoint: 'https://mirror.example' },
        ],
      },
    }).map((line) => line.split(': ')[0]),
  ).toEqual([
    'allow[0]',
    'kubelet.clusterDns[0]',
    'kubelet.clusterDomain',
    'kubelet.maxPods',
    'kubelet.podPidsLimit',
    'kubelet.systemReserved.cpu',
    'kubelet.systemReserved.pid',
    'kubelet.kubeReserved.memory',
    'kubelet.kubeReserved.ephemeralStorage',
    'kubelet.preloadedImages[0]',
    'kubelet.preloadedImages[1]',
    'mirrors[0].endpoint',
    'mirrors[1].registry',
    'mirrors[1].endpoint',
    'mirrors[1].ca',
    'mirrors[2].registry',
  ]);
});

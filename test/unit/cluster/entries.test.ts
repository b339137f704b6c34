/** Every entry of a machine with its mode, its owner and what it is for: one that is looser, gone or another's fails here. */
import type { NodeEntry, NodeFile } from '../../../constructs/node/file-tree';
import { SecretReference } from '../../../constructs/secrets/secret-reference';
import { cluster } from './sample';

const ETCD = ['31', '32', '33'].map((last) => ({ name: `etcd-${last}`, address: `192.0.2.${last}` }));
const line = ({ kind, path, owner, group, mode, recommendation: why }: NodeEntry): string =>
  `${mode.toString(8).padStart(4, '0')} ${owner}:${group} ${kind} ${path} ${why ?? ''}`.trimEnd();
const references = (entries: readonly NodeEntry[]): readonly string[] =>
  entries.flatMap((entry) =>
    entry.kind === 'file' && entry.content instanceof SecretReference ? [entry.content.id] : [],
  );

test('a control plane', () => {
  const prod = cluster();
  const [, second] = prod.machines;
  const entries = prod.machineFiles(second!);
  const keelson = '/etc/kubernetes/keelson';
  expect(entries.filter(({ path }) => !path.includes('/pki/')).map(line)).toEqual([
    `0700 root:root folder ${keelson}`,
    '0700 root:root folder /var/log/kubernetes AUD-1',
    `0600 root:root file ${keelson}/kubeadm.yaml`,
    `0600 root:root file ${keelson}/machines.json NET-4`,
    `0600 root:root file ${keelson}/discovery.conf AUTH-1`,
    ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
      (name) => `0600 root:root file ${keelson}/patches/${name}+strategic.yaml POD-6`,
    ),
    `0600 root:root file ${keelson}/authentication.yaml AUTH-1`,
    `0600 root:root file ${keelson}/admission.yaml POD-4`,
    `0600 root:root file ${keelson}/encryption.yaml NET-7`,
    `0600 root:root file ${keelson}/audit-policy.yaml AUD-1`,
  ]);
  const pki = entries.filter(({ path }) => path.includes('/pki/'));
  for (const entry of pki) {
    expect(line(entry)).toMatch(/^0600 root:root file \S+ NET-4$/);
    expect(entry.cis).toEqual(['1.1.19', entry.path.endsWith('.key') ? '1.1.21' : '1.1.20']);
  }
  // What is the same on every machine is asked for once; what is of one machine has its name.
  expect(references(pki)).toEqual([
    ...['ca.crt', 'ca.key', 'etcd/ca.crt', 'front-proxy-ca.crt'].map((name) => `prod/${name}`),
    ...[
      'apiserver',
      'apiserver-kubelet-client',
      'controller-manager',
      'scheduler',
      'etcd/server',
      'etcd/peer',
      'apiserver-etcd-client',
      'front-proxy-client',
      'etcd/healthcheck-client',
    ].flatMap((name) => [`prod/cp-2/${name}.crt`, `prod/cp-2/${name}.key`]),
    'prod/sa.key',
    'prod/sa.pub',
  ]);
});

test('a worker has no key and no certificate of ours', () => {
  const prod = cluster();
  const worker = prod.machines.find(({ role }) => role === 'worker')!;
  expect(prod.machineFiles(worker).map(line)).toEqual([
    '0700 root:root folder /etc/kubernetes/keelson',
    '0600 root:root file /etc/kubernetes/keelson/kubeadm.yaml',
    '0600 root:root file /etc/kubernetes/keelson/discovery.conf AUTH-1',
  ]);
  expect(prod.pki(worker)).toMatchObject({ authorities: [], leaves: [], signingKeys: [], kubeconfigs: [] });
});

describe('a machine of etcd', () => {
  const prod = cluster({ etcd: ETCD });
  const machine = prod.machines.find(({ name }) => name === 'etcd-32')!;
  const entries = prod.machineFiles(machine);

  test('belongs to the user etcd, who alone may read its keys; its authority has no key there', () => {
    expect(entries.map(line)).toEqual([
      '0700 etcd:etcd folder /etc/etcd NET-3',
      '0700 etcd:etcd folder /etc/etcd/pki NET-3',
      '0700 etcd:etcd folder /etc/etcd/pki/etcd NET-3',
      '0600 root:root file /etc/systemd/system/etcd.service NET-3',
      ...['ca.crt', 'server.crt', 'server.key', 'peer.crt', 'peer.key'].map(
        (name) => `0600 etcd:etcd file /etc/etcd/pki/etcd/${name} NET-4`,
      ),
    ]);
    expect(references(entries)).toEqual([
      'prod/etcd/ca.crt',
      ...['server', 'peer'].flatMap((name) => [
        `prod/etcd-32/etcd/${name}.crt`,
        `prod/etcd-32/etcd/${name}.key`,
      ]),
    ]);
  });

  test('its unit has no right but to write its data, and starts after the firewall', () => {
    const unit = (entries.find(({ path }) => path.endsWith('etcd.service')) as NodeFile).content as string;
    for (const wanted of [
      'User=etcd',
      'Requires=keelson-firewall.service',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'ReadWritePaths=/var/lib/etcd',
      'PrivateDevices=yes',
      'SystemCallFilter=@system-service',
      'UMask=0077',
    ])
      expect(unit.split('\n')).toContain(wanted);
    expect(unit).toContain(
      '--initial-cluster=etcd-31=https://192.0.2.31:2380,etcd-32=https://192.0.2.32:2380',
    );
    expect(unit).toContain('--name=etcd-32 ');
    expect(unit).toContain('--client-cert-allowed-hostname=apiserver.etcd.keelson ');
    expect(unit).not.toContain('http://');
  });

  test('its certificates name it, and its peers by the one name of peers', () => {
    const { leaves, authorities } = prod.pki(machine);
    expect(authorities.map(({ name }) => name)).toEqual(['etcd/ca']);
    expect(leaves).toMatchObject([
      {
        name: 'etcd/server',
        uses: ['server'],
        dnsNames: ['etcd-32', 'localhost'],
        ipAddresses: ['192.0.2.32', '127.0.0.1'],
      },
      {
        name: 'etcd/peer',
        uses: ['server', 'client'],
        dnsNames: ['etcd-32', 'localhost', 'peer.etcd.keelson'],
      },
    ]);
  });

  test('its firewall lets in the API servers and its peers, and no worker', () => {
    const { inbound } = prod.nodeOf('etcd').firewall;
    const peers = inbound
      .filter(({ port }) => port === 2379 || port === 2380)
      .flatMap((opening) => opening.peers);
    expect(peers).toEqual(expect.arrayContaining(['192.0.2.11', '192.0.2.31']));
    expect(peers).not.toContain('192.0.2.21');
  });
});

test('the network that a cluster has is what it says to network policies', () => {
  expect(cluster({ services: ['10.43.0.0/16'] }).network).toMatchObject({
    pods: ['10.244.0.0/16'],
    services: ['10.43.0.0/16'],
    nodes: ['192.0.2.11', '192.0.2.12', '192.0.2.13', '192.0.2.21'],
    apiServer: {
      service: [{ address: '10.43.0.1', port: 443 }],
      endpoints: ['11', '12', '13'].map((last) => ({ address: `192.0.2.${last}`, port: 6443 })),
    },
  });
});

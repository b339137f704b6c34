/** Items of the CIS Kubernetes Benchmark 1.12 on files (1.1) and on worker nodes (4.1 to 4.3), each read from what is rendered. */
import { parse } from 'yaml';
import { renderEntries, tmpfilesText, type NodeEntry } from '../../../constructs/node';
import { sample } from './sample';

const node = sample();
const files = new Map(renderEntries(node.entries).map((entry) => [entry.path, entry]));
const textOf = (path: string) => files.get(path)?.text ?? '';
const kubelet = parse(textOf('/etc/kubernetes/kubelet.conf.d/90-keelson.conf')) as Record<string, never>;
const unit = textOf('/etc/systemd/system/kubelet.service.d/10-kubeadm.conf');
const tmpfiles = textOf('/etc/tmpfiles.d/keelson.conf').split('\n');

/** What systemd-tmpfiles puts right, as the file that is written tells it. */
function accessOf(path: string): string | undefined {
  const line = tmpfiles.find((one) => one.split(' ')[1] === path);
  return line?.split(' ').slice(2).join(' ');
}

const FILES: Record<string, readonly [path: string, access: RegExp]> = {
  '1.1.1': ['/etc/kubernetes/manifests/kube-apiserver.yaml', /^0600/],
  '1.1.2': ['/etc/kubernetes/manifests/kube-apiserver.yaml', /root root$/],
  '1.1.3': ['/etc/kubernetes/manifests/kube-controller-manager.yaml', /^0600/],
  '1.1.4': ['/etc/kubernetes/manifests/kube-controller-manager.yaml', /root root$/],
  '1.1.5': ['/etc/kubernetes/manifests/kube-scheduler.yaml', /^0600/],
  '1.1.6': ['/etc/kubernetes/manifests/kube-scheduler.yaml', /root root$/],
  '1.1.7': ['/etc/kubernetes/manifests/etcd.yaml', /^0600/],
  '1.1.8': ['/etc/kubernetes/manifests/etcd.yaml', /root root$/],
  '1.1.9': ['/etc/cni/net.d/*', /^0600/],
  '1.1.10': ['/etc/cni/net.d/*', /root root$/],
  '1.1.11': ['/var/lib/etcd', /^0700/],
  '1.1.12': ['/var/lib/etcd', /etcd etcd$/],
  '1.1.13': ['/etc/kubernetes/admin.conf', /^0600/],
  '1.1.14': ['/etc/kubernetes/admin.conf', /root root$/],
  '1.1.15': ['/etc/kubernetes/scheduler.conf', /^0600/],
  '1.1.16': ['/etc/kubernetes/scheduler.conf', /root root$/],
  '1.1.17': ['/etc/kubernetes/controller-manager.conf', /^0600/],
  '1.1.18': ['/etc/kubernetes/controller-manager.conf', /root root$/],
  '1.1.19': ['/etc/kubernetes/pki', /root root$/],
  '1.1.20': ['/etc/kubernetes/pki/*.crt', /^0600/],
  '1.1.21': ['/etc/kubernetes/pki/*.key', /^0600/],
  '4.1.1': ['/etc/systemd/system/kubelet.service', /^0600/],
  '4.1.2': ['/etc/systemd/system/kubelet.service', /root root$/],
  '4.1.3': ['/var/lib/kube-proxy/kubeconfig.conf', /^0600/],
  '4.1.4': ['/var/lib/kube-proxy/kubeconfig.conf', /root root$/],
  '4.1.5': ['/etc/kubernetes/kubelet.conf', /^0600/],
  '4.1.6': ['/etc/kubernetes/kubelet.conf', /root root$/],
  '4.1.7': ['/etc/kubernetes/pki/*.crt', /^0600/],
  '4.1.8': ['/etc/kubernetes/pki/*.crt', /root root$/],
  '4.1.9': ['/var/lib/kubelet/config.yaml', /^0600/],
  '4.1.10': ['/var/lib/kubelet/config.yaml', /root root$/],
};

test.each(Object.entries(FILES))('%s', (item, [path, access]) => {
  expect(accessOf(path)).toMatch(access);
  expect(node.entries.find((entry) => entry.path === path)?.cis).toContain(item);
});

const SETTINGS: Record<string, (config: Record<string, never>) => void> = {
  '4.2.1': ({ authentication }) => expect(authentication).toMatchObject({ anonymous: { enabled: false } }),
  '4.2.2': ({ authorization }) => expect(authorization).toEqual({ mode: 'Webhook' }),
  '4.2.3': ({ authentication }) =>
    expect(authentication).toMatchObject({ x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } }),
  '4.2.4': ({ readOnlyPort }) => expect(readOnlyPort).toBe(0),
  '4.2.5': ({ streamingConnectionIdleTimeout }) => expect(streamingConnectionIdleTimeout).toBe('5m0s'),
  '4.2.6': ({ makeIPTablesUtilChains }) => expect(makeIPTablesUtilChains).toBe(true),
  '4.2.7': () => expect(unit).not.toContain('hostname-override'),
  '4.2.8': ({ eventRecordQPS }) => expect(eventRecordQPS).toBe(5),
  '4.2.9': ({ serverTLSBootstrap, tlsCertFile }) =>
    expect([serverTLSBootstrap, tlsCertFile]).toEqual([true, undefined]),
  '4.2.10': ({ rotateCertificates }) => expect(rotateCertificates).toBe(true),
  '4.2.11': ({ featureGates }) => expect(featureGates).toEqual({ RotateKubeletServerCertificate: true }),
  '4.2.12': ({ tlsCipherSuites }) => {
    for (const suite of tlsCipherSuites as unknown as string[])
      expect(suite).toMatch(/GCM|CHACHA20_POLY1305/);
    expect(tlsCipherSuites).toHaveLength(3);
  },
  '4.2.13': ({ podPidsLimit }) => expect(podPidsLimit).toBe(2048),
  '4.2.14': ({ seccompDefault }) => expect(seccompDefault).toBe(true),
  '4.2.15': () => expect(unit).toMatch(/^IPAddressDeny=any$/m),
};

test.each(Object.entries(SETTINGS))('%s', (_, check) => {
  check(kubelet);
});

test('4.3.1', () => {
  expect(node.kubeProxy!.document['metricsBindAddress']).toBe('127.0.0.1:10249');
});

test('the tables hold every item of 1.1 and 4.1 to 4.3, and what names an item is in them', () => {
  const items = (group: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${group}.${at + 1}`);
  const all = [...items('1.1', 21), ...items('4.1', 10), ...items('4.2', 15), ...items('4.3', 1)];
  expect([...Object.keys(FILES), ...Object.keys(SETTINGS), '4.3.1'].sort()).toEqual([...all].sort());
  const named = [...node.entries, ...node.kubelet!.fields, ...node.kubeProxy!.fields].flatMap(
    ({ cis }) => cis ?? [],
  );
  expect(named.filter((item) => !all.includes(item))).toEqual([]);
  // Two are the work of the unit's text: that a flag is not there, and whom it talks to.
  expect(all.filter((item) => !named.includes(item))).toEqual(['4.2.7', '4.2.15']);
});

test('every entry is put right at every boot, the file that says so but for itself', () => {
  const others = node.entries.filter(({ path }) => path !== '/etc/tmpfiles.d/keelson.conf');
  expect(`${tmpfiles.join('\n')}`).toBe(tmpfilesText(others));
  expect(unit).toContain('ExecStartPre=systemd-tmpfiles --create /etc/tmpfiles.d/keelson.conf');
});

test('nothing is for everybody to write, and what holds a configuration is for root alone', () => {
  for (const { path, mode } of node.entries) expect([path, mode & 0o022]).toEqual([path, 0]);
  const readable = node.entries.filter(({ mode }) => (mode & 0o004) !== 0).map(({ path }) => path);
  expect(readable).toEqual([
    '/etc/sysctl.d/99-zz-keelson.conf',
    '/etc/modules-load.d/keelson.conf',
    '/etc/modprobe.d/keelson.conf',
    '/etc/sysusers.d/keelson.conf',
    '/etc/tmpfiles.d/keelson.conf',
  ]);
});

test('each path stands once in the tree of every role', () => {
  const paths = (entries: readonly NodeEntry[]) => entries.map(({ path }) => path);
  for (const one of [node, sample({ role: 'worker' })]) {
    expect(new Set(paths(one.entries)).size).toBe(one.entries.length);
  }
});

test('a worker has nothing of the control plane', () => {
  const text = JSON.stringify(sample({ role: 'worker' }).entries);
  expect(text).not.toMatch(/var\/lib\/etcd|manifests\/kube|admin\.conf|u etcd/);
});

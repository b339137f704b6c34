import { sample } from './sample';

const { pki } = sample();
const all = [...pki.leaves, ...pki.kubeconfigs.map(({ identity }) => identity)];
const leaf = (name: string) => all.find((spec) => spec.name === name);

test('cluster, etcd and front proxy each have an authority of their own', () => {
  expect(pki.authorities.map(({ name }) => name)).toEqual(['ca', 'etcd/ca', 'front-proxy-ca']);
});

test.each([
  ['apiserver', 'ca', ['server']],
  ['apiserver-kubelet-client', 'ca', ['client']],
  ['controller-manager', 'ca', ['server']],
  ['scheduler', 'ca', ['server']],
  ['etcd/server', 'etcd/ca', ['server']],
  ['etcd/peer', 'etcd/ca', ['server', 'client']],
  ['apiserver-etcd-client', 'etcd/ca', ['client']],
  ['front-proxy-client', 'front-proxy-ca', ['client']],
  ['kubeconfig/admin', 'ca', ['client']],
  ['kubeconfig/controller-manager', 'ca', ['client']],
  ['kubeconfig/scheduler', 'ca', ['client']],
])('%s is signed by %s for %j and nothing else', (name, authority, uses) => {
  expect(leaf(name)).toMatchObject({ authority, uses });
});

test('the table above is complete', () => {
  expect(all).toHaveLength(11);
});

test('only the certificate of the API server carries the name that etcd admits', () => {
  const admitted = all.filter(({ dnsNames }) => dnsNames.includes('apiserver.etcd.keelson'));
  expect(admitted.map(({ name }) => name)).toEqual(['apiserver-etcd-client']);
});

test('no identity is in system:masters, which no binding limits', () => {
  expect(all.flatMap(({ organizations }) => organizations)).toEqual(['keelson:cluster-admins']);
});

test('the components are the users that RBAC knows them by', () => {
  expect(leaf('kubeconfig/controller-manager')?.commonName).toBe('system:kube-controller-manager');
  expect(leaf('kubeconfig/scheduler')?.commonName).toBe('system:kube-scheduler');
});

test('lifetimes are bounded: 90 days, authorities five years', () => {
  for (const { lifetimeDays } of all) expect(lifetimeDays).toBe(90);
  for (const { lifetimeDays } of pki.authorities) expect(lifetimeDays).toBe(1825);
});

test('a server is named by every name and address it is reached at', () => {
  expect(leaf('apiserver')).toMatchObject({
    dnsNames: expect.arrayContaining(['localhost', 'kubernetes', 'kubernetes.default.svc.cluster.local']),
    ipAddresses: ['127.0.0.1', '10.96.0.1'],
  });
});

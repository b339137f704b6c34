import { fieldKnownIn, flagKnownIn, kindsWithFields, SUPPORTED_KUBERNETES } from '../../../model';

test('a flag is known by the releases that have it', () => {
  expect(flagKnownIn('kube-apiserver', 'audit-log-path')).toEqual(SUPPORTED_KUBERNETES);
  expect(flagKnownIn('etcd', 'client-cert-auth')).toEqual(SUPPORTED_KUBERNETES);
});

test.each([
  ['kube-apiserver', 'basic-auth-file'],
  ['kube-apiserver', 'insecure-port'],
  ['kube-scheduler', 'port'],
  ['etcd', 'proxy'],
  ['kube-dns', 'port'],
  ['kube-apiserver', ''],
])('%s --%s is known by none', (component, flag) => {
  expect(flagKnownIn(component, flag)).toEqual([]);
});

test('a field is known by its path', () => {
  const kubelet = 'kubelet.config.k8s.io/v1beta1/KubeletConfiguration';
  expect(fieldKnownIn(kubelet, 'authentication.anonymous.enabled')).toEqual(SUPPORTED_KUBERNETES);
  expect(fieldKnownIn(kubelet, 'authentication.anonymous.disabled')).toEqual([]);
  expect(fieldKnownIn('apiserver.config.k8s.io/v1/AuthenticationConfiguration', 'jwt[].issuer.url')).toEqual(
    SUPPORTED_KUBERNETES,
  );
  expect(kindsWithFields()).toContain('kubeadm.k8s.io/v1beta4/ClusterConfiguration');
});

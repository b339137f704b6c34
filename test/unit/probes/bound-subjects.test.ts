import { bindingOf, RBAC } from '../../../authorization';
import type { Manifest } from '../../../constructs';
import { lesserSubjects } from '../../../probes/bound-subjects';
import { isOwnRight } from '../../../probes/parts-of-kubernetes';

/** A binding of one subject; a namespace stands before the role. */
function bound(subject: string, role: string): ReturnType<typeof bindingOf> {
  const [kind, name] = subject.split(' ');
  const [, namespace, roleName] = /^(?:(.+)\/)?(.+)$/.exec(role)!;
  const prefix = namespace === undefined ? 'Cluster' : '';
  return bindingOf({
    source: 'test',
    manifest: {
      ...{ apiVersion: `${RBAC}/v1`, kind: `${prefix}RoleBinding`, metadata: { name: 'x', namespace } },
      roleRef: { apiGroup: RBAC, kind: `${prefix}Role`, name: roleName },
      subjects: [{ apiGroup: RBAC, kind, name }],
    } as unknown as Manifest,
  });
}

const labels = (...bindings: readonly ReturnType<typeof bindingOf>[]) =>
  lesserSubjects(bindings.flatMap((one) => one ?? [])).map(({ label }) => label);

const NODECLIENT = 'system:certificates.k8s.io:certificatesigningrequests:nodeclient';

describe('the parts of Kubernetes', () => {
  it.each([
    ['User system:kube-controller-manager', 'system:kube-controller-manager'],
    ['User system:kube-scheduler', 'system:volume-scheduler'],
    ['User system:kube-scheduler', 'kube-system/system::leader-locking-kube-scheduler'],
    ['User system:kube-proxy', 'system:node-proxier'],
    ['Group system:monitoring', 'system:monitoring'],
    ['Group system:bootstrappers:kubeadm:default-node-token', NODECLIENT],
    ['Group system:bootstrappers', 'kube-system/kubeadm:kubelet-config'],
    ['Group system:nodes', 'kube-system/kubeadm:nodes-kubeadm-config'],
    ['User kube-apiserver-kubelet-client', 'system:kubelet-api-admin'],
  ])('%s with %s is one', (subject, role) => {
    expect(labels(bound(subject, role))).toEqual([]);
  });

  it.each([
    ['Group system:bootstrappers:kubeadm:default-node-token', 'cluster-admin'],
    ['Group system:nodes', 'system:node'],
    ['User system:node:worker', 'view'],
    ['User system:kube-proxy', 'system:kube-scheduler'],
    ['Group system:serviceaccounts:kube-system', 'edit'],
    ['User system:kube-scheduler', 'shop/system::leader-locking-kube-scheduler'],
    ['User kube-apiserver-kubelet-client', 'view'],
    ['Group kube-apiserver-kubelet-client', 'system:kubelet-api-admin'],
    // None of these is a part: it is called as one of the other kind.
    ['User system:monitoring', 'system:monitoring'],
    ['Group system:kube-scheduler', 'system:kube-scheduler'],
    ['User system:bootstrappers:x', NODECLIENT],
  ])('%s with %s is somebody else', (subject, role) => {
    expect(labels(bound(subject, role))).toEqual([subject]);
  });

  it('have what Kubernetes gives them beside what else is bound to them', () => {
    const part = 'User system:kube-scheduler';
    expect(labels(bound(part, 'system:kube-scheduler'), bound(part, 'view'))).toEqual([part]);
    const subject = { user: 'system:kube-scheduler', groups: ['system:authenticated'] };
    const ask = { group: '', namespace: 'kube-system', subject };
    expect(isOwnRight({ ...ask, verb: 'create', resource: 'pods/binding' })).toBe(true);
    expect(isOwnRight({ ...ask, verb: 'create', resource: 'pods/exec' })).toBe(false);
    const joins = { ...subject, user: 'x', groups: ['system:bootstrappers:x'] };
    const request = { verb: 'create', group: 'certificates.k8s.io', namespace: '' };
    const resource = 'certificatesigningrequests/nodeclient';
    expect(isOwnRight({ ...request, resource, subject: joins })).toBe(true);
    expect(isOwnRight({ ...request, resource, subject: { user: 'jane', groups: [] } })).toBe(false);
  });
});

it('administrators by design, and accounts of kube-system, are not asked about', () => {
  expect(labels(bound('Group kubeadm:cluster-admins', 'cluster-admin'))).toEqual([]);
  expect(labels(bound('User system:serviceaccount:kube-system:x', 'cluster-admin'))).toEqual([]);
  expect(labels(bound('User kubeadm:cluster-admins', 'cluster-admin'))).toHaveLength(1);
});

import { ADMINISTRATORS_GROUP, type LeafSpec } from '../constructs/control-plane';
import { issueLeaf, type KeyPair } from '../pki';
import { send, type TlsIdentity } from './health';

const BINDINGS = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const BINDING = `${BINDINGS}/${encodeURIComponent(ADMINISTRATORS_GROUP)}`;

/**
 * An identity that no role binding can limit, for the one request that gives the administrators their role. It lasts ten
 * minutes and is never written down, so that no such credential is left. Source: AUTH-3, CIS 5.1.7.
 */
const BOOTSTRAP: LeafSpec = {
  name: 'bootstrap',
  authority: 'ca',
  commonName: 'keelson-bootstrap',
  organizations: ['system:masters'],
  uses: ['client'],
  dnsNames: [],
  ipAddresses: [],
  lifetimeDays: 10 / (24 * 60),
};

/** Binds the administrators' group to `cluster-admin`, unless it is bound already. */
export async function ensureAdministrators(
  port: number,
  admin: TlsIdentity,
  authority: KeyPair,
): Promise<void> {
  if ((await send(port, BINDING, admin)).status === 200) return;
  const pair = await issueLeaf(BOOTSTRAP, authority, new Date());
  const bootstrap = { ca: admin.ca, certificate: pair.certificate, privateKey: pair.privateKey };
  // A binding of that name which gives no rights is somebody's mistake: its role cannot be changed, only replaced.
  await send(port, BINDING, bootstrap, { method: 'DELETE' });
  const body = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: ADMINISTRATORS_GROUP },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: ADMINISTRATORS_GROUP }],
  };
  const answer = await send(port, BINDINGS, bootstrap, { method: 'POST', body });
  if (answer.status !== 201) {
    throw new Error(`binding the administrators to their role was answered ${answer.status}`);
  }
}

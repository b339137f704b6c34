import { ADMINISTRATORS_GROUP, BREAK_GLASS_GROUP, type LeafSpec } from '../constructs/control-plane';
import { issueLeaf, type KeyPair } from '../pki';
import { send, type TlsIdentity } from './health';

const BINDINGS = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';

/** The groups that are `cluster-admin`, each by a binding of its name. */
const GROUPS = [ADMINISTRATORS_GROUP, BREAK_GLASS_GROUP];

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

/** Binds the administrators' groups to `cluster-admin`, unless they are bound already. */
export async function ensureAdministrators(
  port: number,
  admin: TlsIdentity,
  authority: KeyPair,
): Promise<void> {
  const unbound: string[] = [];
  for (const group of GROUPS) {
    if ((await send(port, bindingOf(group), admin)).status !== 200) unbound.push(group);
  }
  if (unbound.length === 0) return;
  const pair = await issueLeaf(BOOTSTRAP, authority, new Date());
  const bootstrap = { ca: admin.ca, certificate: pair.certificate, privateKey: pair.privateKey };
  for (const group of unbound) await bind(port, bootstrap, group);
}

function bindingOf(group: string): string {
  return `${BINDINGS}/${encodeURIComponent(group)}`;
}

async function bind(port: number, bootstrap: TlsIdentity, group: string): Promise<void> {
  // A binding of that name which gives no rights is somebody's mistake: its role cannot be changed, only replaced.
  await send(port, bindingOf(group), bootstrap, { method: 'DELETE' });
  const body = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: group },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
  };
  const answer = await send(port, BINDINGS, bootstrap, { method: 'POST', body });
  if (answer.status !== 201) throw new Error(`binding ${group} to its role was answered ${answer.status}`);
}

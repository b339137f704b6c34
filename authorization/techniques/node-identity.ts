import { clusterWide, covers, together } from '../permission';
import type { Grant } from '../authorizer';
import type { Step, Technique } from '../technique';
import type { World } from '../world';

const CERTIFICATES = 'certificates.k8s.io';
const SIGNERS = [
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/*',
];
const USER = 'system:node:';

/** Acts as a node, which may ask for tokens of the accounts of its pods. */
export const nodeIdentity: Technique = {
  id: 'node-identity',
  title: 'acts as a node, and asks for the token of an account whose pod runs there',
  source: 'T1078, T1528; Kubernetes, Using Node authorization',
  steps: (grants, world) => [
    ...asNamed(grants, world),
    ...certified(grants).flatMap((because) => tokens(world, undefined, because)),
  ],
};

/** A node is a user and a group: both are needed. */
function asNamed(grants: readonly Grant[], world: World): readonly Step[] {
  const may = (resource: string) => clusterWide(grants, { verbs: ['impersonate'], group: '', resource });
  const groups = may('groups').filter((one) => covers(one, 'system:nodes'));
  return may('users').flatMap((user) => {
    const nodes = user.names.filter((name) => name.startsWith(USER)).map((name) => name.slice(USER.length));
    return together([user], groups).flatMap(({ because }) =>
      user.names.length === 0
        ? tokens(world, undefined, because)
        : nodes.flatMap((node) => tokens(world, node, because)),
    );
  });
}

/** Why somebody gets a node's certificate: it approves that itself, or a controller does, as for nodes that join. */
function certified(grants: readonly Grant[]): readonly string[] {
  const may = (verbs: readonly string[], resource: string, subresource?: string) =>
    clusterWide(grants, { verbs, group: CERTIFICATES, resource, subresource });
  const asked = may(['create'], 'certificatesigningrequests');
  const signers = may(['approve'], 'signers').filter((one) => SIGNERS.some((name) => covers(one, name)));
  const approved = together(may(['update', 'patch'], 'certificatesigningrequests', 'approval'), signers);
  const joins = may(['create'], 'certificatesigningrequests', 'nodeclient');
  return [
    ...together(
      asked,
      approved.map((one) => ({ ...one, names: [] })),
    ),
    ...together(asked, joins),
  ].map(({ because }) => because);
}

/** A pod that no node is known of may run on each. */
function tokens({ pods }: World, node: string | undefined, because: string): readonly Step[] {
  const users = pods
    .filter((pod) => node === undefined || pod.node === undefined || pod.node === node)
    .map(({ user }) => user);
  return [...new Set(users)].map((name): Step => ({ to: { kind: 'User', name }, because }));
}

/** Who may do what, and every way to cluster-admin, by `ROLES` roles and as many bindings: half of them in namespaces of ten roles each. */
import { analyse, Authorizer } from '../authorization';
import { report } from './measure';

const roles = Number(process.argv[3]);
const RBAC = 'rbac.authorization.k8s.io/v1';
const VERBS = ['get', 'list', 'create', 'update', 'patch', 'delete'];
const RESOURCES = ['configmaps', 'services', 'deployments', 'pods/log', 'jobs', 'events', 'secrets'];

const manifests = Array.from({ length: roles }, (_, index) => {
  const isClusterWide = index % 2 === 0;
  const namespace = isClusterWide ? {} : { namespace: `ns-${Math.floor(index / 20)}` };
  const metadata = { name: `role-${index}`, ...namespace };
  const prefix = isClusterWide ? 'Cluster' : '';
  // Nobody makes pods everywhere: what leads on is in namespaces.
  const resources = isClusterWide
    ? ['configmaps', 'events']
    : [RESOURCES[index % 7]!, RESOURCES[(index + 3) % 7]!];
  return [
    {
      ...{ apiVersion: RBAC, kind: `${prefix}Role`, metadata },
      rules: [
        { verbs: [VERBS[index % 6]!, VERBS[(index + 1) % 6]!], apiGroups: ['', 'apps', 'batch'], resources },
      ],
    },
    {
      ...{ apiVersion: RBAC, kind: `${prefix}RoleBinding`, metadata },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: `${prefix}Role`, name: metadata.name },
      subjects: [
        { kind: 'Group', name: `team-${index % 100}` },
        { kind: 'ServiceAccount', name: `app-${index % 10}`, namespace: `ns-${Math.floor(index / 20)}` },
      ],
    },
  ];
}).flat();
const objects = manifests.map((manifest) => ({ manifest, source: 'bench' }));

const start = performance.now();
const { subjects } = analyse(objects, { podSecurity: 'restricted' });
const authorizer = Authorizer.of(objects);
let allowed = 0;
for (let at = 0; at < 10_000; at++)
  if (
    authorizer.allows(
      { user: `system:serviceaccount:ns-${at % 50}:app-${at % 10}`, groups: [`team-${at % 100}`] },
      { verb: VERBS[at % 6]!, group: '', resource: RESOURCES[at % 7]!, namespace: `ns-${at % 50}` },
    )
  )
    allowed++;
if (subjects.length < 100 || allowed === 0 || allowed === 10_000)
  throw new Error('it is another set of roles than the one that was made');
report(start);

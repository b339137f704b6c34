import fc from 'fast-check';
import {
  Authorizer,
  builtInAccess,
  type AccessObject,
  type AccessQuestion,
  type Requester,
} from '../../authorization';
import type { Manifest } from '../../constructs';
import { ApiClient, readKubeconfig } from '../../probes';
import { OwnPlane } from './support/own-plane';

/** Another one each time; set `KEELSON_SEED` to that of a failed run to see it again. */
const seed = Number(process.env.KEELSON_SEED ?? Date.now() % 1e9);

const QUESTIONS = 10_000;
const AT_ONCE = 16;
const RBAC = 'rbac.authorization.k8s.io';
const NAMESPACES = ['one', 'two', 'three'] as const;
const KINDS = ['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'] as const;

/** Its own: the policies of the shared one refuse most of these roles. */
const own = new OwnPlane();
let client: ApiClient;

beforeAll(async () => {
  await own.start();
  client = new ApiClient(readKubeconfig(own.plane.kubeconfig));
}, 600_000);

afterAll(async () => {
  client?.close();
  await own.clear();
});

const some = <T>(values: readonly T[], minLength = 0) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: 3 });

const VERBS = ['get', 'list', 'create', 'update', 'bind', 'impersonate', 'paint', '*'];
const GROUPS = ['', 'apps', 'example.com', '*'];
const RESOURCES = ['pods', 'deployments', 'secrets', 'widgets', '*'];
const SUBRESOURCES = ['log', 'scale', 'exec', 'status', '*'];
const NAMES = ['a', 'b', 'ab', '*'];
const PATHS = ['/metrics', '/metrics/a', '/healthz', '/api', '/a'];
const USERS = [
  'jane',
  'john',
  'system:anonymous',
  'system:serviceaccount:one:app',
  'system:serviceaccount:two:app',
];
const USER_GROUPS = [
  'staff',
  'guests',
  'system:authenticated',
  'system:serviceaccounts',
  'system:serviceaccounts:one',
];

const resource = fc.oneof(
  fc.constantFrom(...RESOURCES),
  fc.tuple(fc.constantFrom(...RESOURCES), fc.constantFrom(...SUBRESOURCES)).map((parts) => parts.join('/')),
);
const resourceRule = fc.record({
  verbs: some(VERBS, 1),
  apiGroups: some(GROUPS, 1),
  resources: fc.uniqueArray(resource, { minLength: 1, maxLength: 3 }),
  resourceNames: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(NAMES) }),
});
const pathRule = fc.record({
  verbs: some(VERBS, 1),
  nonResourceURLs: some([...PATHS, '/metrics/*', '/a*', '*'], 1),
});
const subject = fc.oneof(
  fc.constantFrom(...USERS.slice(0, 3)).map((name) => ({ apiGroup: RBAC, kind: 'User', name })),
  fc.constantFrom(...USER_GROUPS).map((name) => ({ apiGroup: RBAC, kind: 'Group', name })),
  fc.constantFrom(...NAMESPACES).map((namespace) => ({ kind: 'ServiceAccount', name: 'app', namespace })),
);
const clusterRoles = fc.array(fc.array(fc.oneof(resourceRule, pathRule), { maxLength: 2 }), {
  minLength: 40,
  maxLength: 40,
});
const roles = fc.array(fc.tuple(fc.constantFrom(...NAMESPACES), fc.array(resourceRule, { maxLength: 2 })), {
  minLength: 40,
  maxLength: 40,
});
const bindings = fc.array(
  fc.record({
    namespace: fc.option(fc.constantFrom(...NAMESPACES), { nil: undefined, freq: 4 }),
    kind: fc.constantFrom('Role', 'ClusterRole'),
    // Some roles are not there.
    index: fc.integer({ min: 0, max: 42 }),
    subjects: fc.array(subject, { maxLength: 2 }),
  }),
  { minLength: 70, maxLength: 70 },
);
const question = fc.record({
  user: fc.constantFrom(...USERS, 'nobody'),
  groups: fc.oneof(
    { weight: 30, arbitrary: some(USER_GROUPS) },
    { weight: 1, arbitrary: fc.constant(['system:masters']) },
  ),
  asked: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        verb: fc.constantFrom(...VERBS),
        group: fc.constantFrom(...GROUPS),
        resource: fc.constantFrom(...RESOURCES),
        subresource: fc.constantFrom('', '', ...SUBRESOURCES),
        namespace: fc.constantFrom('', ...NAMESPACES, 'four'),
        name: fc.constantFrom('', ...NAMES),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        verb: fc.constantFrom(...VERBS),
        path: fc.constantFrom(...PATHS, '/metrics/a/b', '/metricsx', '/'),
      }),
    },
  ),
});

type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

const create = async (path: string, body: object): Promise<void> => {
  const { status, body: text } = await own.api('POST', path, body);
  if (status !== 201) throw new Error(`${path} was answered ${status}: ${text}`);
};
const collection = (kind: string, namespace?: string) =>
  `/apis/${RBAC}/v1/${namespace === undefined ? '' : `namespaces/${namespace}/`}${kind}`;

/** Roles, one of which takes the rules of others by label, and bindings. */
async function plant(): Promise<void> {
  for (const name of NAMESPACES) await create('/api/v1/namespaces', { metadata: { name } });
  const [made] = fc.sample(fc.tuple(clusterRoles, roles, bindings), { seed, numRuns: 1 }) as [
    [
      object[][],
      [string, object[]][],
      { namespace?: string; kind: string; index: number; subjects: object[] }[],
    ],
  ];
  for (const [index, rules] of made[0].entries()) {
    const labels = { team: `t${index % 7}` };
    await create(collection('clusterroles'), { metadata: { name: `c-${index}`, labels }, rules });
  }
  for (const [name, selectors] of [
    ['c-40', [{ matchLabels: { team: 't1' } }]],
    [
      'c-41',
      [
        { matchExpressions: [{ key: 'team', operator: 'In', values: ['t2', 't3'] }] },
        { matchLabels: { team: 't4' } },
      ],
    ],
  ] as const)
    await create(collection('clusterroles'), {
      metadata: { name },
      aggregationRule: { clusterRoleSelectors: selectors },
    });
  for (const [index, [namespace, rules]] of made[1].entries())
    await create(collection('roles', namespace), { metadata: { name: `r-${index}` }, rules });
  for (const [index, { namespace, kind, index: role, subjects }] of made[2].entries()) {
    const within = kind === 'Role' ? (namespace ?? made[1][role]?.[0] ?? 'one') : namespace;
    await create(collection(within === undefined ? 'clusterrolebindings' : 'rolebindings', within), {
      metadata: { name: `b-${index}` },
      roleRef: { apiGroup: RBAC, kind, name: `${kind === 'Role' ? 'r' : 'c'}-${role}` },
      subjects,
    });
  }
}

/** What the cluster has of a kind now. */
async function listed(): Promise<readonly AccessObject[]> {
  const all = await Promise.all(
    KINDS.map(async (kind) => {
      const items =
        (await client.send({ path: collection(kind) })).json<{ items: Manifest[] }>()?.items ?? [];
      const type = {
        clusterroles: 'ClusterRole',
        roles: 'Role',
        clusterrolebindings: 'ClusterRoleBinding',
        rolebindings: 'RoleBinding',
      }[kind];
      return items.map((item) => ({
        manifest: { ...item, apiVersion: `${RBAC}/v1`, kind: type },
        source: kind,
      }));
    }),
  );
  return all.flat();
}

function mine(authorizer: Authorizer, { user, groups, asked }: Question): boolean {
  const requester: Requester = { user, groups };
  return authorizer.allows(requester, asked as AccessQuestion);
}

async function theirs({ user, groups, asked }: Question): Promise<boolean> {
  const spec =
    'path' in asked ? { nonResourceAttributes: asked } : { resourceAttributes: { ...asked, version: 'v1' } };
  const { status, body } = await client.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, groups, ...spec },
    },
  });
  if (status !== 201) throw new Error(`SubjectAccessReview was answered ${status}: ${body}`);
  return (JSON.parse(body) as { status: { allowed: boolean } }).status.allowed;
}

it(`${QUESTIONS} random questions are answered as the API server answers them (KEELSON_SEED=${seed})`, async () => {
  await plant();
  // The controller fills in the roles that take their rules from others; then they are compared as it left them, and as they are written.
  let objects = await listed();
  const isFilled = () =>
    objects.some(
      ({ manifest }) => manifest.metadata.name === 'c-41' && ((manifest.rules ?? []) as object[]).length > 0,
    );
  for (let tries = 0; tries < 600 && !isFilled(); tries++) {
    await new Promise((done) => setTimeout(done, 100));
    objects = await listed();
  }
  const authorizer = Authorizer.of(objects);
  const asked = fc.sample(question, { seed, numRuns: QUESTIONS });
  const answers: boolean[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < asked.length; at = next++) answers[at] = await theirs(asked[at]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const differences = asked.filter((one, at) => mine(authorizer, one) !== answers[at]);
  expect(differences).toEqual([]);
  const allowed = answers.filter((answer) => answer).length;
  console.log(`access: seed ${seed}, ${allowed} allowed, ${QUESTIONS - allowed} refused`);
  // It shows nothing where all answers are the same.
  expect(Math.min(allowed, QUESTIONS - allowed)).toBeGreaterThan(QUESTIONS / 20);
}, 600_000);

it('the roles and bindings that the API server makes for itself are those that are known', async () => {
  const live = new Map((await listed()).map(({ manifest }) => [nameOf(manifest), manifest]));
  const known = new Map(builtInAccess().map(({ manifest }) => [nameOf(manifest), manifest]));
  const isBootstrap = ({ metadata }: Manifest) =>
    metadata.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults';
  expect(
    [...live]
      .filter(([, one]) => isBootstrap(one))
      .map(([name]) => name)
      .sort(),
  ).toEqual([...known.keys()].sort());
  for (const [name, { aggregationRule, rules, subjects, roleRef }] of known) {
    const there = live.get(name)!;
    const what =
      aggregationRule === undefined || aggregationRule === null
        ? { rules, subjects, roleRef }
        : { aggregationRule };
    for (const [field, value] of Object.entries(what))
      expect([name, field, there[field] ?? null]).toEqual([name, field, value ?? null]);
  }
});

function nameOf({ kind, metadata: { namespace = '', name } }: Manifest): string {
  return `${kind} ${namespace}/${name}`;
}

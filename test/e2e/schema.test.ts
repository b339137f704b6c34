import { TARGET_KUBERNETES } from '../../model';
import type { Manifest } from '../../constructs';
import { checkSchemas } from '../../policies';
import { fieldsOfType, isNamespaced } from '../../policies/schema/published';
import { compact, type Publication, type PublishedSchema, type ServedKind } from '../../schemas/document';
import { Random, randomObject } from '../tools/cel-harness/random';
import { mutated } from '../tools/mutations';
import { VALID_OBJECTS, WIDGET, WIDGET_DEFINITION } from '../unit/support/valid-objects';
import { collectionPath } from './support/cluster';
import { PolicyCluster } from './support/policy-cluster';

let cluster: PolicyCluster;
beforeAll(async () => {
  cluster = await PolicyCluster.start();
  await cluster.create(WIDGET_DEFINITION);
  await served(WIDGET);
}, 600_000);
afterAll(() => cluster?.stop());

/** A new kind is served a moment after its definition is there. */
async function served(manifest: Manifest): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const path = await collectionPath(cluster.client, manifest).catch(() => undefined);
    if (path !== undefined && (await cluster.client.send({ path })).status === 200) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${manifest.kind} is not served`);
}

const QUERY = '?dryRun=All&fieldValidation=Strict';

/** What the API server says to an object, and whether it could not decode it. */
async function answered(
  manifest: Manifest,
  path: string,
): Promise<{ refused: boolean; decoded: boolean; body: string }> {
  const { status, body } = await cluster.client.send({ method: 'POST', path: path + QUERY, body: manifest });
  const message = (JSON.parse(body) as { message?: string }).message ?? '';
  // The one other reason for this status comes after decoding.
  const decoded = status !== 400 || message.startsWith('the namespace of the provided object');
  return { refused: status >= 400, decoded, body: message };
}

/** What we say, without what only is missing: the API server's decoder does not ask for it. */
function told(manifest: Manifest, withMissing: boolean): readonly string[] {
  return checkSchemas([{ manifest, source: '' }], [WIDGET_DEFINITION])
    .problems.filter(({ message }) => withMissing || !message.endsWith('It is missing.'))
    .map(({ message }) => message);
}

const seed = Number(process.env.KEELSON_SEED ?? Date.now() % 1e9);

it(`gives the verdict of the API server's decoder over broken objects of built-in kinds (seed ${seed})`, async () => {
  const random = new Random(seed);
  const differences: unknown[] = [];
  let refused = 0;
  for (let round = 0; round < 1500; round++) {
    const valid =
      round % 5 === 0 ? (randomObject(random) as unknown as Manifest) : random.pick(VALID_OBJECTS);
    const { manifest, change } = mutated(valid, random);
    const { decoded, body } = await answered(manifest, await collection(valid));
    const ours = told(manifest, false);
    if (!decoded) refused++;
    if (decoded ? !ours.every((message) => STRICTER.test(message)) : ours.length === 0)
      differences.push({ kind: valid.kind, change, ours, body });
  }
  expect(differences).toEqual([]);
  expect(refused).toBeGreaterThan(300);
}, 300_000);

it(`gives the verdict of the API server over broken custom objects (seed ${seed})`, async () => {
  const random = new Random(seed);
  const path = await collection(WIDGET);
  expect(await answered(WIDGET, path)).toMatchObject({ refused: false });
  const differences: unknown[] = [];
  let refusals = 0;
  for (let round = 0; round < 600; round++) {
    const { manifest, change } = mutated(WIDGET, random);
    const { refused, body } = await answered(manifest, path);
    const ours = told(manifest, true);
    if (refused) refusals++;
    if (refused !== ours.length > 0 && !OUT_OF_SCOPE.test(body)) differences.push({ change, ours, body });
  }
  expect(differences).toEqual([]);
  expect(refusals).toBeGreaterThan(200);
}, 600_000);

it('refuses a binding of a kind that there is not, as the API server does', async () => {
  const group = 'rbac.authorization.k8s.io';
  const verdicts: unknown[] = [];
  for (const kind of ['RoleBinding', 'ClusterRoleBinding'])
    for (const role of ['ClusterRole', 'Role', 'clusterrole'])
      for (const somebody of ['Group', 'group', 'User', 'user', 'ServiceAccount', 'serviceaccount']) {
        const isAccount = somebody.toLowerCase() === 'serviceaccount';
        const more = isAccount ? { namespace: 'default' } : { apiGroup: group };
        const manifest = {
          ...{ apiVersion: `${group}/v1`, kind, metadata: { name: 'b' } },
          roleRef: { apiGroup: group, kind: role, name: 'r' },
          subjects: [{ kind: somebody, name: 'x', ...more }],
        } as unknown as Manifest;
        const { refused, body } = await answered(manifest, await collection(manifest));
        if (refused !== told(manifest, true).length > 0) verdicts.push({ kind, role, somebody, body });
      }
  expect(verdicts).toEqual([]);
});

it('calls nothing missing that the API server does without', async () => {
  const differences: unknown[] = [];
  const others: string[] = [];
  for (const valid of VALID_OBJECTS) {
    // Another reason to refuse it would hide what is looked for.
    const whole = await answered(valid, await collection(valid));
    if (whole.refused) {
      others.push(`${valid.kind}: ${whole.body}`);
      continue;
    }
    for (const { manifest, change } of withoutEach(valid)) {
      const missing = told(manifest, true).filter((message) => message.endsWith('It is missing.'));
      if (missing.length === 0) continue;
      const { refused } = await answered(manifest, await collection(valid));
      if (!refused) differences.push({ kind: valid.kind, change, missing });
    }
  }
  expect(differences).toEqual([]);
  expect(others).toEqual([
    expect.stringContaining('violates PodSecurity'),
    expect.stringContaining('PEM block type must be CERTIFICATE REQUEST'),
    expect.stringContaining(
      'customresourcedefinitions.apiextensions.k8s.io "widgets.keelson.example" already exists',
    ),
  ]);
}, 600_000);

/** What only validation code knows: what names and labels look like. */
const OUT_OF_SCOPE =
  /(metadata\.(name|labels|annotations)|inner\.(kind|apiVersion)): (Required|Invalid) value/;

/**
 * In a schema below these two the API server drops unknown fields and says nothing, it reads whatever else stands for `items` as
 * none, and Go takes bytes as a list of numbers: we refuse all of that. The kinds that a binding names are a matter of its validation.
 */
const STRICTER =
  /^CustomResourceDefinition .*(\.(items|additionalProperties)\..*: Unknown field\.|\.items: It is an? [^;]+; it must be an object\.)$|It is a list; it must be bytes in base64\.$|\bkind: It must be (ClusterRole|User)\b.*\.$/;

const collections = new Map<string, string>();

async function collection(manifest: Manifest): Promise<string> {
  const key = `${manifest.apiVersion} ${manifest.kind}`;
  const path = collections.get(key) ?? (await collectionPath(cluster.client, { ...manifest, metadata: {} }));
  collections.set(key, path);
  return path;
}

/** The object without one of its fields, for each of them. */
function withoutEach(valid: Manifest): readonly { manifest: Manifest; change: string }[] {
  const all: { manifest: Manifest; change: string }[] = [];
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      const copy = structuredClone(valid) as never;
      const holder = path.reduce<Record<string | number, unknown>>(
        (inner, step) => inner[step] as never,
        copy,
      );
      if (!Array.isArray(holder)) {
        delete holder[key];
        all.push({ manifest: copy, change: [...path, key].join('.') });
      }
      visit((value as Record<string, unknown>)[key], [...path, key]);
    }
  };
  visit(valid, []);
  return all.filter(({ change }) => !/^(apiVersion|kind|metadata)/.test(change));
}

it('has every kind and every field that the API server publishes itself, with its type', async () => {
  const { kinds, types } = compact(await published());
  const serves = Object.entries(kinds).map(([key, code]) => ({ key, namespaced: !code.startsWith('*') }));
  const known = serves.map(({ key }) => {
    const [apiVersion, kind] = key.split(' ') as [string, string];
    return { key, namespaced: isNamespaced(TARGET_KUBERNETES, apiVersion, kind) };
  });
  expect(known).toEqual(serves);
  expect(serves.length).toBeGreaterThan(60);
  const fields = Object.keys(types).map((name) => [
    name,
    Object.fromEntries(fieldsOfType(TARGET_KUBERNETES, name)),
  ]);
  expect(Object.fromEntries(fields)).toEqual(types);
});

/** What the running API server says of itself. */
async function published(): Promise<Publication> {
  const get = async <T>(path: string): Promise<T> => (await cluster.client.send({ path })).json<T>()!;
  const { paths } = await get<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3');
  const schemas: Record<string, PublishedSchema> = {};
  const kinds: ServedKind[] = [];
  for (const [path, { serverRelativeURL }] of Object.entries(paths)) {
    const version = /^(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path);
    if (version === null || path.includes('keelson.example')) continue;
    const document = await get<{ components: { schemas: Record<string, PublishedSchema> } }>(
      serverRelativeURL,
    );
    Object.assign(schemas, document.components.schemas);
    const { resources } = await get<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(
      `/${path}`,
    );
    for (const { kind, namespaced } of resources.filter((resource) => !resource.name.includes('/')))
      kinds.push({ group: version[1] ?? '', version: version[2]!, kind, namespaced });
  }
  return { schemas, kinds };
}

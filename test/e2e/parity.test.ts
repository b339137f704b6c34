/**
 * The same verdict at all three points: each control over its own examples, wrapped into every kind, and over mutations of
 * them: at synth, over the gRPC of the preview pack, and by a real API server (server-side dry run, Pod Security off).
 *
 * What is compared: the object as it is sent, by every control that the API server enforces. Objects that the API server
 * does not take at all (they are not valid, or name what is not there) are counted and left out.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Manifest } from '../../constructs';
import type { Waiver } from '../../model';
import {
  applyWaivers,
  checkObjects,
  CONTROLS,
  judgesAlone,
  isPodKind,
  POD_KINDS,
  wrapPod,
  type Example,
  type Control,
  type PodKind,
} from '../../policies';
import { pulumiType } from '../../stacks/bridge/kubernetes-object';
import { PolicyCluster } from './support/policy-cluster';
import { PolicyPackProcess } from './support/policy-pack';

const NAMESPACE = 'parity';
/** At least this many valid manifests are compared. */
const WANTED = 1000;

const enforced = CONTROLS.filter(judgesAlone);
let cluster: PolicyCluster;
let pack: PolicyPackProcess;

beforeAll(async () => {
  [cluster, pack] = await Promise.all([PolicyCluster.start(), PolicyPackProcess.start()]);
  await cluster.namespace(NAMESPACE);
  const account = { name: 'app', namespace: NAMESPACE };
  await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  // Nothing denies: what each policy finds comes back as a warning, so that one request tells the verdict of all.
  await cluster.enforce({
    rollouts: [{ mode: 'warn', reason: 'every verdict is wanted, not the first alone' }],
  });
}, 600_000);
afterAll(async () => {
  await pack.stop();
  await cluster.stop();
});

/** The ids of the controls that the object breaks, in order. */
function atSynth(manifest: Manifest): readonly string[] {
  const broken = checkObjects([{ manifest, source: 'parity' }], enforced).map(({ control }) => control);
  return [...new Set(broken)].sort();
}

async function atPreview(manifest: Manifest): Promise<readonly string[]> {
  const found = await pack.analyze(pulumiType(manifest), manifest);
  return [...new Set(found.filter(({ mandatory }) => mandatory).map(({ policy }) => policy))].sort();
}

/** The verdict of the API server; undefined where it takes no such object at all. */
async function atAdmission(manifest: Manifest): Promise<readonly string[] | undefined> {
  const answer = await cluster.create(manifest, '?dryRun=All');
  // 409: there is one of this name already, which the API server finds out after it has asked the policies. With any other
  // status it has not asked them: what is no valid object, or names a service account that there is not.
  if (answer.status !== 201 && answer.status !== 409) return undefined;
  const policies = answer.warnings.flatMap(
    (warning) => /Validation failed for ValidatingAdmissionPolicy 'keelson-([^']+)'/.exec(warning)?.[1] ?? [],
  );
  return [...new Set(policies)].sort();
}

/** Every example of every control as an object of each kind that can hold it. */
function examples(): readonly Manifest[] {
  return enforced.flatMap(({ kinds, examples: { good, bad } }) =>
    [...good, ...bad].flatMap((example) =>
      kinds.every(isPodKind)
        ? kinds.filter(isPodKind).map((kind) => inNamespace(wrapPod(kind, runnable(kind.kind, example))))
        : [inNamespace(named(kinds, example as unknown as Manifest))],
    ),
  );
}

/** With a namespace where its kind has one: the API server would put an object that names none into `default`. */
function named(kinds: Control['kinds'], manifest: Manifest): Manifest {
  const isNamespaced = kinds.some(({ kind, namespaced }) => kind === manifest.kind && namespaced);
  if (!isNamespaced || manifest.metadata.namespace !== undefined) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace: NAMESPACE } };
}

/** Jobs want a restart policy that says so. */
function runnable(kind: string, example: Example): Example {
  if (kind !== 'Job' && kind !== 'CronJob') return example;
  return 'spec' in example
    ? { ...example, spec: { ...(example.spec as object), restartPolicy: 'Never' } }
    : { ...example, restartPolicy: 'Never' };
}

/** Out of the default namespace, unless the example is about it. */
function inNamespace(manifest: Manifest, control = ''): Manifest {
  if (manifest.metadata?.namespace === undefined || control === 'default-namespace') return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace: NAMESPACE } };
}

type Path = readonly (string | number)[];

/** What a field can become, by the type of what stands there, so that most mutations are objects that the API takes. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [true, false],
  number: [0, 1, 10001],
  string: [
    '',
    'ALL',
    'NET_ADMIN',
    'NET_BIND_SERVICE',
    'RuntimeDefault',
    'Unconfined',
    'Localhost',
    'a.example/b:1',
  ],
};

/** Mutations: fields are taken away, or become something else of their type. */
function mutations(bases: readonly Manifest[]): fc.Arbitrary<Manifest> {
  const change = fc.record({ where: fc.nat(), what: fc.nat(), drop: fc.boolean() });
  return fc
    .record({ base: fc.constantFrom(...bases), changes: fc.array(change, { minLength: 1, maxLength: 3 }) })
    .map(({ base, changes }) => changes.reduce(mutated, base));
}

function mutated(
  base: Manifest,
  { where, what, drop }: { where: number; what: number; drop: boolean },
): Manifest {
  const paths = pathsOf(base).filter(
    ([first]) => !['apiVersion', 'kind', 'metadata'].includes(String(first)),
  );
  if (paths.length === 0) return base;
  const path = paths[where % paths.length]!;
  const old = path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], base);
  const values = VALUES[typeof old];
  return withField(
    base,
    path,
    drop || values === undefined ? undefined : values[what % values.length],
  ) as Manifest;
}

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (value === null || typeof value !== 'object') return [path];
  const inner = Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

function withField(value: unknown, [key, ...rest]: Path, field: unknown): unknown {
  if (key === undefined) return field;
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) =>
      index !== key ? [item] : rest.length === 0 && field === undefined ? [] : [withField(item, rest, field)],
    );
  }
  const object = value as Record<string, unknown>;
  return { ...object, [key]: withField(object[key], rest, field) };
}

test('at least 1,000 valid manifests get the same verdict at synth, at preview and from the API server', async () => {
  const seed = Number(process.env.KEELSON_SEED ?? Date.now() % 1_000_000_000);
  const bases = examples();
  const compared = { valid: 0, invalid: 0, broken: 0 };
  const different: unknown[] = [];
  const compare = async (manifest: Manifest): Promise<void> => {
    const admission = await atAdmission(manifest);
    if (admission === undefined) {
      compared.invalid += 1;
      return;
    }
    compared.valid += 1;
    if (admission.length > 0) compared.broken += 1;
    const [synth, preview] = [atSynth(manifest), await atPreview(manifest)];
    if (String(synth) !== String(admission) || String(preview) !== String(admission)) {
      different.push({ manifest, synth, preview, admission });
    }
  };
  // A tenth of the examples each time, another one by the seed; the mutations are of all.
  for (const [index, manifest] of bases.entries()) if (index % 8 === seed % 8) await compare(manifest);
  const sampled = fc.sample(mutations(bases), { seed, numRuns: 4 * WANTED });
  for (const manifest of sampled) {
    if (compared.valid >= WANTED && different.length === 0) break;
    if (different.length > 20) break;
    await compare(manifest);
  }
  console.log(`parity: seed ${seed}, ${JSON.stringify(compared)}`);
  expect(different).toEqual([]);
  expect(compared.valid).toBeGreaterThanOrEqual(WANTED);
  expect(compared.broken).toBeGreaterThan(WANTED / 10);
}, 300_000);

/** Controls whose bad examples the API server refuses for reasons of its own. */
const NEVER_TAKEN = new Set([
  // The admission plugin DenyServiceExternalIPs of our control plane refuses every one.
  'external-ips',
  // Since 1.33 the API takes procMount: Unmasked only with hostUsers: false, where the control lets it pass.
  'proc-mount',
]);

/** For a control whose examples, which break nothing else, the API server does not take. */
const INSTEAD: Readonly<Record<string, Example>> = {
  'windows-host-process': {
    os: { name: 'windows' },
    hostNetwork: true,
    securityContext: { windowsOptions: { hostProcess: true } },
    containers: [{ name: 'c', image: 'registry.example/app:1' }],
  },
};

test('every bad example that the API takes is refused by the control that it is about, and each control has one', async () => {
  const missed: string[] = [];
  for (const { id, kinds, examples } of enforced) {
    const bad = INSTEAD[id] === undefined ? examples.bad : [INSTEAD[id]];
    const tried = bad.flatMap((example, index) =>
      kinds.every(isPodKind)
        ? kinds
            .filter((_, place) => place === 0 || place === index % kinds.length)
            .map((kind) => wrapPod(kind as PodKind, runnable(kind.kind, example)))
        : [example as unknown as Manifest],
    );
    let shown = 0;
    for (const manifest of tried) {
      const verdict = await atAdmission(inNamespace(manifest, id));
      if (verdict?.includes(id) === true) shown += 1;
      else if (verdict !== undefined) missed.push(`${id} in ${manifest.kind}: ${JSON.stringify(manifest)}`);
    }
    if (shown === 0 && !NEVER_TAKEN.has(id)) missed.push(`${id}: no bad example that the API takes`);
  }
  expect(missed).toEqual([]);
}, 600_000);

describe('with waivers', () => {
  /** The day that is so many days from now. */
  const day = (offset: number): string =>
    new Date(Date.now() + offset * 24 * 3600 * 1000).toISOString().slice(0, 10);
  const CONTROL_IDS = ['privileged', 'host-path', 'root-user'];
  const waived = (expires: string): readonly Waiver[] =>
    CONTROL_IDS.flatMap((control) =>
      POD_KINDS.map(({ kind }) => ({
        control,
        kind,
        namespace: NAMESPACE,
        name: 'example',
        owner: 'platform team',
        reason: 'the same verdict at all points',
        expires,
      })),
    );
  const folder = mkdtempSync(join(tmpdir(), 'keelson-parity-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['on their last day', 0, false],
    ['the day after', -1, true],
  ])(
    '%s the verdict is the same at all three points',
    async (_when, offset, refused) => {
      const waivers = waived(day(offset));
      const file = join(folder, 'waivers.yaml');
      writeFileSync(file, JSON.stringify(waivers));
      const waivedPack = await PolicyPackProcess.start({ KEELSON_WAIVERS: file });
      try {
        await cluster.enforce({ waivers, rollouts: [{ mode: 'warn', reason: 'every verdict is wanted' }] });
        const seen: unknown[] = [];
        for (const id of CONTROL_IDS) {
          for (const example of enforced.find((control) => control.id === id)!.examples.bad) {
            for (const kind of POD_KINDS) {
              const manifest = inNamespace(wrapPod(kind, runnable(kind.kind, example)));
              const admission = await atAdmission(manifest);
              if (admission === undefined) continue;
              const findings = checkObjects([{ manifest, source: 'parity' }], enforced);
              const synth = applyWaivers(findings, waivers, new Date()).filter(
                ({ waiver }) => waiver === undefined,
              );
              const preview = await waivedPack.analyze(pulumiType(manifest), manifest);
              const verdicts = [
                admission.includes(id),
                synth.some(({ control }) => control === id),
                preview.some(({ policy }) => policy === id),
              ];
              seen.push(verdicts);
              expect([id, kind.kind, verdicts]).toEqual([id, kind.kind, [refused, refused, refused]]);
            }
          }
        }
        expect(seen.length).toBeGreaterThan(40);
      } finally {
        await waivedPack.stop();
      }
    },
    120_000,
  );
});

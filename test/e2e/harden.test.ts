/**
 * What others wrote, by the test data of the Pod Security Standards: after `harden` a real API server admits a pod as
 * restricted, or a person is told what to decide about the very thing it is refused for.
 */
import type { Manifest } from '../../constructs';
import { CONTROLS, onlyAdds, type HardeningChange } from '../../policies';
import { fixturesFolder, readFixtures, type Fixture } from '../unit/policies/controls/pod-security-fixtures';
import { hardened } from '../unit/support/hardened';
import { PolicyCluster } from './support/policy-cluster';

const VERSION = '1.37';
const NAMESPACE = 'harden';
const STANDARD = new Set(CONTROLS.filter(({ mappings }) => mappings.pss !== undefined).map(({ id }) => id));

const folder = fixturesFolder();
const fixtures =
  folder === undefined ? [] : readFixtures(folder).filter(({ version }) => version === VERSION);
// Without Go nobody can fetch the test data. The tests are then counted as skipped, not as passed.
const itWithGo = folder === undefined ? it.skip : it;
let cluster: PolicyCluster;

beforeAll(async () => {
  cluster = await PolicyCluster.start();
  const labels = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': `v${VERSION}`,
  };
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } });
  const account = { name: 'default', namespace: NAMESPACE };
  await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
}, 600_000);
afterAll(() => cluster.stop());

const inNamespace = (pod: Manifest): Manifest => ({
  ...pod,
  // The test data was never sent to a server: its names hold underscores.
  metadata: { ...pod.metadata, name: pod.metadata.name?.replace(/_/g, '-'), namespace: NAMESPACE },
});

interface Outcome {
  readonly fixture: Fixture;
  readonly admitted: boolean;
  readonly message: string;
  /** What a person has to decide about the pod's security; a control of the standard each. */
  readonly decisions: readonly string[];
  readonly changes: readonly HardeningChange[];
  readonly before: Manifest;
  readonly after: Manifest;
}

async function outcome(fixture: Fixture, decided: readonly string[]): Promise<Outcome> {
  const before = inNamespace(fixture.pod);
  const { manifest: after, changes, decisions } = hardened(before, {}, { decided });
  const { status, body } = await cluster.create(after, '?dryRun=All');
  const reported = decisions.map(({ control }) => control).filter((id) => STANDARD.has(id));
  return {
    fixture,
    admitted: status === 201,
    message: `${fixture.file}: ${status} ${status === 201 ? '' : body.slice(0, 300)}`,
    decisions: [...new Set(reported)],
    changes,
    before,
    after,
  };
}

async function outcomes(
  level: string,
  passes: boolean,
  decided: readonly string[] = [],
): Promise<readonly Outcome[]> {
  const found: Outcome[] = [];
  for (const fixture of fixtures.filter((one) => one.level === level && one.passes === passes))
    found.push(await outcome(fixture, decided));
  return found;
}

/** What is wrong with the outcomes: refused without a decision for it, or for another reason than Pod Security. */
function unexplained(all: readonly Outcome[]): readonly string[] {
  return all
    .filter(({ admitted, decisions, message, fixture }) => {
      if (admitted) return decisions.length > 0;
      // Outside of user namespaces the API itself takes no container that sees all of /proc.
      const isInvalid = fixture.check === 'procmount' && message.includes('hostUsers');
      return decisions.length === 0 || !(isInvalid || message.includes('violates PodSecurity'));
    })
    .map(({ message, decisions }) => `${message} ${decisions.join()}`);
}

/** Admitted and all, as measured: so that "everything is reported" cannot creep in. */
const FAILING = {
  restricted: { byItself: 9, decided: 52, all: 76 },
  baseline: { byItself: 0, decided: 30, all: 34 },
} as const;

const REMEDIED = CONTROLS.filter(({ remediate }) => remediate !== undefined).map(({ id }) => id);

describe.each(['restricted', 'baseline'] as const)('%s/fail', (level) => {
  const { byItself, decided, all: total } = FAILING[level];

  itWithGo('each pod is admitted as restricted, or reported with what a person must decide', async () => {
    const all = await outcomes(level, false);
    expect(unexplained(all)).toEqual([]);
    expect([all.filter(({ admitted }) => admitted).length, all.length]).toEqual([byItself, total]);
    expect(all.filter(({ before, after }) => !onlyAdds(before, after)).map(({ message }) => message)).toEqual(
      [],
    );
  });

  itWithGo('once a person decided for every remedy, what is admitted and what is reported', async () => {
    const all = await outcomes(level, false, REMEDIED);
    expect(unexplained(all)).toEqual([]);
    expect([all.filter(({ admitted }) => admitted).length, all.length]).toEqual([decided, total]);
  });
});

describe('restricted/pass', () => {
  itWithGo('each pod is admitted afterwards, its diff only adds, and nothing is left to decide', async () => {
    const all = await outcomes('restricted', true);
    expect(all.length).toBe(23);
    expect(all.filter(({ admitted }) => !admitted).map(({ message }) => message)).toEqual([]);
    expect(unexplained(all)).toEqual([]);
    expect(all.filter(({ before, after }) => !onlyAdds(before, after)).map(({ message }) => message)).toEqual(
      [],
    );
    expect(all.flatMap(({ changes }) => changes).filter((change) => 'before' in change)).toEqual([]);
  });
});

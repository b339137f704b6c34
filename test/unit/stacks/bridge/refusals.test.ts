import { CONTROLS, judgesAlone } from '../../../../policies';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../../..');

interface Outcome {
  readonly registered: readonly { readonly type: string; readonly name: string; readonly inputs: unknown }[];
  readonly reasons: readonly string[];
}

/** What a program did that was refused while it ran. */
function outcomeOf(program: string): Outcome {
  const file = join(ROOT, 'test/unit/support/refused-program.ts');
  // How it ends is not asked: Pulumi also complains of what was left waiting, which is the point here.
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', file, program], { cwd: ROOT });
  return JSON.parse(stdout.toString()) as Outcome;
}

const ADMISSION_OBJECTS = 2 * (CONTROLS.filter(judgesAlone).length + 1);

describe('policies that are not in force', () => {
  const outcome = outcomeOf('policies are not in force');
  const types = outcome.registered.map(({ type }) => type);

  it('keep every workload from being registered', () => {
    expect(types).not.toContain('kubernetes:apps/v1:Deployment');
  });

  it('end the program with the reason', () => {
    expect(outcome.reasons).toContainEqual(expect.stringContaining('The policies are not in force.'));
  });

  it('were made, and so was what starts nothing', () => {
    expect(types.filter((type) => type.includes('ValidatingAdmissionPolicy'))).toHaveLength(
      ADMISSION_OBJECTS,
    );
    expect(types).toEqual(
      expect.arrayContaining(['kubernetes:core/v1:Namespace', 'kubernetes:core/v1:ServiceAccount']),
    );
  });
});

describe('a secret Output outside a Secret', () => {
  const outcome = outcomeOf('a secret Output in a ConfigMap');

  it('never reaches the engine, in whatever form', () => {
    expect(outcome.registered.map(({ type }) => type)).toContain('kubernetes:core/v1:Namespace');
    expect(JSON.stringify(outcome.registered)).not.toContain('hunter2');
    expect(outcome.registered.map(({ type }) => type)).not.toContain('kubernetes:core/v1:ConfigMap');
  });

  it('ends the program with place and code, and without the value', () => {
    const reasons = outcome.reasons.join('\n');
    expect(reasons).toContain('chart/map.data.greeting: A secret Output stands where');
    expect(reasons).toContain('[output/secret]');
    expect(reasons).not.toContain('chart/map.data.region');
    expect(reasons).not.toContain('hunter2');
  });
});

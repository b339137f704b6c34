import {
  DEFAULT_POSTURE,
  formatProblem,
  KeelsonError,
  throwIfAny,
  waiverProblems,
  type Problem,
} from '../model';
import type { Manifest } from '../constructs';
import { CONTROLS } from '../policies/controls';
import { compileControls } from '../policies/engine/compile';
import { decodeObject } from '../policies/engine/decode';
import { judgeObjects, type CheckedObject } from '../policies/enforce/check';
import { decidedProblems, hardenObject } from '../policies/enforce/harden-object';
import {
  changesOf,
  decisionsOf,
  hardeningText,
  type HardeningChange,
  type HardeningDecision,
} from '../policies/enforce/harden-report';
import { waivable } from '../policies/enforce/waivable';
import { objectYaml } from '../stacks/dist';
import { STDIN } from './input/files';
import { Reader, STDIN_NAME } from './input/reader';
import { readStream } from './input/text';
import { write } from './print-report';
import { readWaivers } from './read-waivers';

/** `keelson harden` as it was typed. */
export interface HardenFlags {
  /** Prints what changes instead of the objects. */
  readonly diff?: boolean;
  /** A file with waivers. */
  readonly waivers?: string;
  /** Ids of controls whose remedy is applied as a whole. */
  readonly decided?: readonly string[];
}

/** How hardening ends: nothing left to decide, something is, or input that could not be read or hardened. */
export const HARDEN_EXIT = { done: 0, decisions: 1, input: 2 } as const;

/**
 * `keelson harden`: writes manifests as they are after hardening, and what is left to decide. Where anything cannot be read,
 * nothing is written.
 *
 * @returns the exit code
 */
export async function hardenFiles(paths: readonly string[], flags: HardenFlags): Promise<number> {
  try {
    const { manifests, changes, decisions } = await hardened(paths, flags);
    if (flags.diff === true) {
      await write(process.stdout, hardeningText(changes, decisions));
    } else {
      await write(process.stdout, manifests.map((one) => `---\n${objectYaml(one)}`).join(''));
      await write(process.stderr, hardeningText([], decisions));
    }
    return decisions.length > 0 ? HARDEN_EXIT.decisions : HARDEN_EXIT.done;
  } catch (error) {
    console.error(error instanceof KeelsonError ? error.problems.map(formatProblem).join('\n') : error);
    return HARDEN_EXIT.input;
  }
}

interface HardenedFiles {
  readonly manifests: readonly Manifest[];
  readonly changes: readonly HardeningChange[];
  readonly decisions: readonly HardeningDecision[];
}

async function hardened(paths: readonly string[], flags: HardenFlags): Promise<HardenedFiles> {
  const { decided = [] } = flags;
  const waivers = flags.waivers === undefined ? [] : readWaivers(flags.waivers);
  throwIfAny([
    ...decidedProblems(decided, '--decided'),
    ...waiverProblems(waivers, waivable(CONTROLS), new Date()),
  ]);
  const objects = await readObjects(paths);
  throwIfAny(invalidFields(objects));
  const controls = compileControls(CONTROLS, { lazily: true });
  const results = objects.map(({ manifest, source, lineOf }) => {
    const steps = hardenObject(manifest, manifest, { controls, posture: DEFAULT_POSTURE, waivers, decided });
    const after = steps[steps.length - 1]?.after ?? manifest;
    const changes = steps.length === 0 ? [] : changesOf(steps, manifest, after, source);
    return { object: { manifest: after, source, ...(lineOf === undefined ? {} : { lineOf }) }, changes };
  });
  return {
    manifests: results.map(({ object }) => object.manifest),
    changes: results.flatMap(({ changes }) => changes),
    decisions: decisionsOf(
      judgeObjects(
        results.map(({ object }) => object),
        controls,
      ),
      CONTROLS,
      waivers,
    ),
  };
}

/** The fields whose type the API does not take: such an object would be passed on unhardened. */
function invalidFields(objects: readonly CheckedObject[]): readonly Problem[] {
  return objects.flatMap(({ manifest, source, lineOf }) =>
    decodeObject(manifest).problems.map(({ path, message }) => ({
      code: 'object/invalid',
      where: lineOf === undefined ? source : `${source}:${lineOf(path)}`,
      message: `${manifest.kind} ${manifest.metadata.name ?? ''}: ${path}: ${message}`,
      fix: 'Correct the field.',
    })),
  );
}

/** All objects of the files, those of kinds that no control judges too. */
async function readObjects(paths: readonly string[]): Promise<readonly CheckedObject[]> {
  const reader = new Reader('all');
  const stdin = paths.includes(STDIN) ? await readStream(STDIN_NAME, process.stdin) : undefined;
  const objects = [...reader.read(paths, stdin)];
  const nothing: Problem = {
    code: 'check/nothing',
    where: 'harden',
    message: 'There is no Kubernetes object in what it names.',
    fix: 'Name files or folders with manifests, or "-" for standard input.',
  };
  throwIfAny(objects.length === 0 && reader.problems.length === 0 ? [nothing] : reader.problems);
  return objects;
}

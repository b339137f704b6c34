import type { ClusterNetworkPlugin, Manifest } from '../../constructs';
import { DEFAULT_POSTURE, type PostureSettings, type Problem } from '../../model';
import { CONTROLS } from '../controls';
import { decodeObject } from '../engine/decode';
import { judgeObjects, type CheckedObject } from '../enforce/check';
import { hardenObject } from '../enforce/harden-object';
import {
  changesOf,
  decisionsOf,
  hardeningText,
  type HardeningChange,
  type HardeningDecision,
} from '../enforce/harden-report';
import { compiledAt } from '../enforce/posture-controls';
import { gapNotes, gapText, type GapNote } from './gap-notes';
import { readManifests } from './manifest-texts';
import { pinImages } from './plugin-images';

/** What a network plugin is read with. */
export interface NetworkPluginOptions {
  /**
   * How strict its pods are made.
   * @default - the strictest posture
   */
  readonly posture?: PostureSettings;
  /**
   * The policies that it is to enforce; other objects are passed over.
   * @default - none: nothing is said of what it does not enforce
   */
  readonly policies?: Iterable<Manifest>;
  /**
   * The ranges of pod addresses.
   * @default - not known: every range of a policy may hold pods
   */
  readonly pods?: readonly string[];
}

/** A network plugin as it may be installed. */
export interface HardenedNetworkPlugin {
  /** Its objects, hardened; in the order of its files. */
  readonly objects: readonly Manifest[];
  /** What keeps it from being installed; no object may be used then. */
  readonly problems: readonly Problem[];
  /** What was filled in. */
  readonly changes: readonly HardeningChange[];
  /** What its objects still break: a network plugin changes its node, and asks for it. */
  readonly decisions: readonly HardeningDecision[];
  /** Policies that use what it does not enforce. */
  readonly gaps: readonly GapNote[];
  /** Gaps and decisions for a person to read, a line each. */
  readonly notes: readonly string[];
}

/**
 * Reads the files of a network plugin, verifies their digests, gives images theirs, and hardens what may be hardened. A pod that asks for
 * the node in so many words keeps what it asks for, and is named.
 *
 * @param texts the text of each file, by its path
 */
export function hardenNetworkPlugin(
  plugin: ClusterNetworkPlugin,
  texts: Readonly<Record<string, string>>,
  { posture = DEFAULT_POSTURE, policies = [], pods }: NetworkPluginOptions = {},
): HardenedNetworkPlugin {
  const read = readManifests(plugin, texts);
  // Names that are missing are to be looked for in files that were read alone.
  const images = pinImages(plugin, read.objects);
  const problems = [
    ...read.problems,
    ...(read.problems.length > 0 ? [] : images.problems),
    ...images.objects.flatMap(wrongFields),
  ];
  const gaps = gapNotes(plugin, policies, pods);
  const gapTexts = gaps.map((gap) => gapText(plugin.name, gap));
  if (problems.length > 0)
    return { objects: [], problems, changes: [], decisions: [], gaps, notes: gapTexts };
  const controls = compiledAt(posture);
  const results = images.objects.map(({ manifest, source }) => {
    const steps = hardenObject(manifest, manifest, { controls, posture, waivers: [], decided: [] });
    const after = steps.at(-1)?.after ?? manifest;
    const changes = steps.length === 0 ? [] : changesOf(steps, manifest, after, source);
    return { object: { manifest: after, source }, changes };
  });
  const objects = results.map(({ object }) => object);
  const decisions = decisionsOf(judgeObjects(objects, controls), CONTROLS, []);
  return {
    objects: objects.map(({ manifest }) => manifest),
    problems,
    changes: results.flatMap(({ changes }) => changes),
    decisions,
    gaps,
    notes: [
      ...gapTexts,
      ...hardeningText([], decisions)
        .split('\n')
        .filter((line) => line !== ''),
    ],
  };
}

function wrongFields({ manifest, source }: CheckedObject): readonly Problem[] {
  return decodeObject(manifest).problems.map(({ path, message }) => ({
    code: 'object/invalid',
    where: source,
    message: `${manifest.kind} ${manifest.metadata.name}: ${path}: ${message}`,
    fix: 'Correct the field, and the digest of the file with it.',
  }));
}

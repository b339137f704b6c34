import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import {
  foreignPeers,
  KeelsonApp,
  networkOf,
  Posture,
  SelfManagedCluster,
  type Manifest,
  type RenderedApp,
  type RenderedObject,
} from '../../constructs';
import {
  type AccessBaseline,
  formatResource,
  throwIfAny,
  waiverProblems,
  type Finding,
  type ImageLock,
  type Problem,
  type Waiver,
} from '../../model';
import { operatorNodeProblems } from '../../constructs/access/personas/operator-nodes';
import { overdueKeys } from '../../constructs/secrets/encryption-check';
import type { Reachability } from '../../reachability';
import { UNKNOWN } from '../engine/cel/fault';
import { checkSchemas, type SchemaVerdict } from '../schema/check-schemas';
import { judgeAccess } from '../access-paths';
import { CONTROLS } from '../controls';
import { judgeNetwork } from '../network-checks';
import { judgeReleases } from '../release-supported';
import { AdmissionPolicies } from './admission';
import { imagesOf } from './app-images';
import { appWaiverProblems, waiversOf } from './app-waivers';
import { refusedByNamespace } from './pod-security-conflicts';
import { checkByPosture } from './posture-controls';
import { unfitImages } from './unfit-images';
import { waivable } from './waivable';
import { applyWaivers, broadWaivers, unmatchedWaivers } from './waivers';

/** What an app is judged by at synth, and what relaxes the controls. */
export interface SynthOptions {
  /**
   * What is relaxed.
   *
   * @default - the waivers of the app
   */
  readonly waivers?: readonly Waiver[];
  /**
   * CustomResourceDefinitions that the cluster has already.
   *
   * @default - those that the app was given
   */
  readonly definitions?: readonly Manifest[];
  /** The moment by which waivers expire. */
  readonly now: Date;
  /**
   * What is known of images.
   *
   * @default - what the app knows of them
   */
  readonly images?: ImageLock;
}

/** What an app of stock cdk8s is judged by. */
export interface StockOptions extends Omit<SynthOptions, 'images'> {
  /**
   * The ways to cluster-admin that are accepted.
   *
   * @default - none
   */
  readonly access?: AccessBaseline;
}

/** What synth knows of an app that it lets pass. */
export interface SynthVerdict extends Pick<SchemaVerdict, 'notValidated'> {
  /** What depends on the value of a Pulumi `Output`: preview and the API server judge it. */
  readonly undetermined: readonly Finding[];
  /** What can reach what in the app. */
  readonly reachability: Reachability;
  /** What will soon be wrong, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Refuses an app with an object that the API server would not take as it is, one that breaks a control of its posture without
 * a waiver, one whose waivers are expired, unowned, too broad, too long or for nothing, and one with images that do not fit
 * their workloads.
 *
 * @returns what could not be judged, and what can reach what
 * @throws KeelsonError with every field, every finding and every waiver that is wrong
 */
export function enforceAtSynth(app: RenderedApp, options: SynthOptions): SynthVerdict {
  const { root } = app;
  const {
    waivers = waiversOf(root),
    definitions = definitionsOf(root),
    images = imagesOf(root),
    now,
  } = options;
  const objects = app.objects.map((object) => {
    const posture = Posture.of(object.construct);
    const { kubernetes } = posture;
    return { manifest: judgedManifest(object), source: object.path, posture, kubernetes };
  });
  const network = judgeNetwork(objects, networkOf(root), foreignPeers(root));
  const releases = judgeReleases(
    [
      ...SelfManagedCluster.allIn(root).flatMap((cluster) =>
        cluster.releases.map((minor) => ({ minor, source: cluster.node.path })),
      ),
      ...objects.map(({ kubernetes, source }) => ({ minor: kubernetes, source })),
    ],
    now,
  );
  const findings = applyWaivers(
    [...toldOnce(checkByPosture(objects), network.findings), ...releases.findings],
    waivers,
    now,
  );
  const { problems, notValidated } = checkSchemas(objects, definitions);
  throwIfAny([
    ...appWaiverProblems(root, app, waivers, now),
    ...givenWaiverProblems(root, now),
    ...claimedOwners(app.objects),
    ...unmatchedWaivers(waivers, findings),
    ...broadWaivers(waivers, findings, objects),
    ...refusedByNamespace(findings, objects),
    ...problems,
    ...network.problems,
    ...operatorNodeProblems(root),
    ...judgeAccess(objects, root instanceof KeelsonApp ? root.access : undefined),
    ...SelfManagedCluster.allIn(root).flatMap(({ encryptionKeys, node: { path } }) =>
      overdueKeys(encryptionKeys, now).map((problem) => ({ ...problem, where: `${path}, ${problem.where}` })),
    ),
    ...findings
      .filter(({ waiver, undetermined }) => waiver === undefined && !undetermined)
      .map(findingProblem),
    ...(images === undefined ? [] : unfitImages(objects, images, findings)),
  ]);
  return {
    undetermined: findings.filter(({ undetermined }) => undetermined),
    notValidated,
    reachability: network.reachability,
    warnings: releases.warnings,
  };
}

/** All findings; of a namespace that the control default-deny speaks of, the network check says nothing new. */
function toldOnce(own: readonly Finding[], network: readonly Finding[]): readonly Finding[] {
  const open = new Set(
    own.filter(({ control }) => control === 'default-deny').map(({ resource }) => resource.name),
  );
  return [
    ...own,
    ...network.filter(
      ({ control, resource }) => control !== 'namespace-not-isolated' || !open.has(resource.name),
    ),
  ];
}

/** Only the cluster knows the uid of an owner, and what is owned passes for what a controller made. */
function claimedOwners(objects: readonly RenderedObject[]): readonly Problem[] {
  return objects
    .filter(({ manifest: { metadata } }) => 'ownerReferences' in metadata)
    .map(({ path }) => ({
      code: 'policy/violation',
      where: `${path}.metadata.ownerReferences`,
      message: 'It claims an owner, which only the cluster can tell.',
      fix: 'Leave it out: controllers own what they make.',
    }));
}

/** What is wrong with the waivers that admission policies were given in place of those of the app. */
function givenWaiverProblems(root: IConstruct, now: Date): readonly Problem[] {
  return root.node
    .findAll()
    .filter((construct) => construct instanceof AdmissionPolicies)
    .flatMap((policies) =>
      waiverProblems(
        policies.given ?? [],
        waivable(CONTROLS),
        now,
        () => Posture.of(policies).longestWaiver,
      ).map((problem) => ({ ...problem, where: `${policies.node.path}.${problem.where}` })),
    );
}

function definitionsOf(root: IConstruct): readonly Manifest[] {
  return root instanceof KeelsonApp ? root.definitions : [];
}

/** The object with what only Pulumi knows marked as unknown. */
export function judgedManifest({
  manifest,
  outputs,
}: Pick<RenderedObject, 'manifest' | 'outputs'>): Manifest {
  if (outputs.size === 0) return manifest;
  const marked = (value: unknown): unknown => {
    if (typeof value === 'string') return outputs.has(value) ? UNKNOWN : value;
    if (Array.isArray(value)) return value.map(marked);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]));
  };
  return marked(manifest) as Manifest;
}

/**
 * Makes stock cdk8s (`app.synth()`) check everything below a construct, too. Posture, waivers and schemas count as in
 * `enforceAtSynth`; objects without a known schema pass, and the network and who may do what are judged of a whole app only.
 */
export function addPolicyValidation(
  scope: IConstruct,
  { waivers, definitions = [], now, access }: StockOptions,
): void {
  scope.node.addValidation({
    validate: () => {
      const objects = scope.node.findAll().filter((construct) => construct instanceof ApiObject);
      const checked = objects.map((object) => ({
        manifest: object.toJson() as Manifest,
        source: object.node.path,
        posture: Posture.of(object),
        kubernetes: Posture.of(object).kubernetes,
      }));
      if (checked.length === 0) return [];
      const given = waivers ?? waiversOf(scope.node.root);
      // Of a part of an app it cannot be told what its policies select in the others.
      const network =
        scope.node.root === scope ? judgeNetwork(checked, networkOf(scope), foreignPeers(scope)) : undefined;
      const findings = applyWaivers(toldOnce(checkByPosture(checked), network?.findings ?? []), given, now);
      return [
        ...(network?.problems ?? []),
        ...(scope.node.root === scope
          ? [...operatorNodeProblems(scope.node.root), ...judgeAccess(checked, access)]
          : []),
        ...waiverProblems(given, waivable(CONTROLS), now, () => Posture.of(scope).longestWaiver),
        ...checkSchemas(checked, definitions).problems,
        ...findings.filter(({ waiver }) => waiver === undefined).map(findingProblem),
      ].map(({ message, fix, where }) => `${where}: ${message} ${fix}`);
    },
  });
}

/** A finding as a problem that stops synth. */
export function findingProblem(finding: Finding): Problem {
  const container = finding.container === undefined ? '' : ` container ${finding.container}`;
  return {
    code: 'policy/violation',
    where: finding.source,
    message: `${formatResource(finding.resource)}${container} breaks ${finding.control}: ${finding.message}`,
    fix: finding.remediation,
  };
}

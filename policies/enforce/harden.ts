import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { afterRenderBelow, KeelsonApp, Posture, renderInSteps, type Manifest } from '../../constructs';
import { applyJsonPatches } from '../../constructs/render/json-patch';
import { throwIfAny, type Waiver } from '../../model';
import { CONTROLS } from '../controls';
import { waiversOf } from './app-waivers';
import { decidedProblems, hardenObject, type HardeningStep } from './harden-object';
import {
  changesOf,
  decisionsOf,
  hardeningText,
  type HardeningChange,
  type HardeningDecision,
} from './harden-report';
import { checkByPosture, compiledAt } from './posture-controls';
import { judgedManifest } from './synth';

/** Settings of `harden`. */
export interface HardenOptions {
  /**
   * What is relaxed: it is neither changed nor reported.
   *
   * @default - the waivers of the app
   */
  readonly waivers?: readonly Waiver[];
  /**
   * Ids of controls about which a person decided: their remedy is applied to everything that breaks them, also where it
   * contradicts what somebody wrote, for example `read-only-root`. A container that needs it otherwise gets a waiver.
   *
   * @default - none: what is written stays
   */
  readonly decided?: readonly string[];
}

/**
 * Applies the posture of a scope to everything below it, whoever wrote it: included YAML, Helm charts, bare cdk8s-plus, plain
 * `ApiObject`s, also what is added later. Whenever an object is rendered, what it leaves out and the controls demand is filled
 * in; what somebody wrote, and what nobody can know (whether a container has to write, or to call the API), is left and
 * reported. Hardening twice changes nothing more.
 *
 * Sources: the controls, see `policies/controls`.
 *
 * @returns what it changes and what it leaves to a person
 * @throws KeelsonError where `decided` names what is no control, or one without a remedy
 */
export function harden(scope: IConstruct, options: HardenOptions = {}): Hardening {
  return new Hardening(scope, options);
}

/** What `harden` does to a tree. Each method looks at the tree as it is when it is called. */
export class Hardening {
  private readonly steps = new WeakMap<ApiObject, readonly HardeningStep[]>();

  public constructor(
    private readonly scope: IConstruct,
    private readonly options: HardenOptions,
  ) {
    const where = `${scope.node.path || 'app'}.harden`;
    throwIfAny(decidedProblems(options.decided ?? [], where));
    afterRenderBelow(scope, (manifest, object) => this.apply(manifest, object));
  }

  /** The fields that were filled in, in the order of the tree. */
  public changes(): readonly HardeningChange[] {
    return objectsBelow(this.scope).flatMap((object) => {
      const after = object.toJson() as Manifest;
      const steps = this.steps.get(object) ?? [];
      if (steps.length === 0) return [];
      const before = applyJsonPatches(object, steps[0]!.before).manifest;
      return changesOf(steps, before, after, object.node.path);
    });
  }

  /** What the objects still break, and no waiver covers. */
  public decisions(): readonly HardeningDecision[] {
    // What lies beside an object, such as a network policy, may be declared outside of the scope.
    const objects = objectsBelow(this.scope.node.root).map((object) => ({
      manifest: judged(object, object.toJson() as Manifest),
      source: object.node.path,
      posture: Posture.of(object),
    }));
    if (objects.length === 0) return [];
    const below = new Set(objectsBelow(this.scope).map(({ node }) => node.path));
    const findings = checkByPosture(objects).filter(({ source }) => below.has(source));
    return decisionsOf(findings, CONTROLS, this.waivers());
  }

  /** Both for a person to read, object by object: what was there (-), what is there (+), what is left to decide (!). */
  public text(): string {
    return hardeningText(this.changes(), this.decisions());
  }

  private apply(manifest: Manifest, object: ApiObject): Manifest {
    const steps = hardenObject(manifest, judged(object, manifest), {
      controls: compiledAt(Posture.of(object)),
      posture: Posture.of(object),
      waivers: this.waivers(),
      decided: this.options.decided ?? [],
    });
    this.steps.set(object, steps);
    return steps[steps.length - 1]?.after ?? manifest;
  }

  private waivers(): readonly Waiver[] {
    return this.options.waivers ?? waiversOf(this.scope.node.root);
  }
}

function objectsBelow(scope: IConstruct): readonly ApiObject[] {
  const objects = scope.node.findAll().filter((construct) => construct instanceof ApiObject);
  objects.forEach(renderInSteps);
  return objects;
}

/** The object with what only Pulumi knows marked as unknown. */
function judged(object: ApiObject, manifest: Manifest): Manifest {
  const { root } = object.node;
  const outputs = root instanceof KeelsonApp ? root.outputs.outputsOf(object) : new Map<string, never>();
  return judgedManifest({ manifest, outputs });
}

import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Posture } from '../../constructs';
import { canonicalJson, sha256 } from '../../constructs/render/digest';
import { serves } from '../../constructs/serves';
import { deepFreeze, throwIfAny, waiverProblems, type Problem, type Waiver } from '../../model';
import type { Control } from '../control';
import { CONTROLS } from '../controls';
import { judgesAlone } from '../variables';
import { bindingsOf, type AdmissionRollout } from './admission-modes';
import { policySpec } from './admission-policy';
import { waiversOf } from './app-waivers';
import { controlsAt } from './posture-controls';
import { waivable } from './waivable';

/** Namespace of the canary. */
export const CANARY_NAMESPACE = 'default';

/** Name of the ConfigMap that nobody may create: its refusal shows that the policies are in force. */
export const CANARY_NAME = 'keelson-canary';

/** Settings of `AdmissionPolicies`. */
export interface AdmissionPoliciesProps {
  /**
   * The controls that the API server enforces.
   *
   * @default - all of keelson's, as strict as the posture makes them
   */
  readonly controls?: readonly Control[];
  /**
   * What is relaxed, for what and until when.
   *
   * @default - the waivers of the app, and of everything in it
   */
  readonly waivers?: readonly Waiver[];
  /**
   * Gentler modes while controls are being introduced.
   *
   * @default - none: whatever breaks a control is refused
   */
  readonly rollouts?: readonly AdmissionRollout[];
}

const API_VERSION = 'admissionregistration.k8s.io/v1';

/** The name of a control's admission policy and of its binding. */
export function admissionPolicyName(control: Pick<Control, 'id'>): string {
  return `keelson-${control.id}`;
}

/**
 * The controls as admission policies, enforced by the API server itself: a request that breaks one is denied and noted
 * in the audit log. A policy that cannot be evaluated denies, too.
 *
 * What is judged is what is made or changed: an update that leaves alone what a control looks at passes, so that a policy
 * never keeps something from being scaled, labelled or removed. Controls that need companions are left out.
 */
export class AdmissionPolicies extends Construct {
  /** What is relaxed, where that was given in place of the waivers of the app. */
  public readonly given?: readonly Waiver[];
  private readonly controls: readonly Control[];
  private readonly rollouts: readonly AdmissionRollout[];

  /** @throws KeelsonError naming each rollout and each given waiver that is wrong */
  public constructor(scope: Construct, id: string, props: AdmissionPoliciesProps = {}) {
    super(scope, id);
    this.controls = (props.controls ?? controlsAt(Posture.of(this))).filter(judgesAlone);
    this.rollouts = props.rollouts ?? [];
    this.given = props.waivers && deepFreeze(props.waivers.map((waiver) => ({ ...waiver })));
    throwIfAny([
      ...rolloutProblems(this.node.path, this.rollouts, this.controls),
      ...waiverProblems(this.given ?? [], waivable(CONTROLS)),
    ]);
    for (const control of this.controls) {
      const name = admissionPolicyName(control);
      new ApiObject(this, `${control.id}-policy`, {
        apiVersion: API_VERSION,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        // Constructs that are made later may carry waivers, too.
        spec: Lazy.any({ produce: () => this.specOf(control) }),
      });
      for (const binding of bindingsOf(control, name, this.rollouts)) {
        new ApiObject(this, `${control.id}-binding${binding.suffix}`, {
          apiVersion: API_VERSION,
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata: { name: `${name}${binding.suffix}` },
          spec: binding.spec,
        });
      }
      serves(this, ...control.mappings.recommendations);
    }
    this.addCanary();
  }

  /** Names exactly this set of policies, with the waivers that there are by now; the canary's refusal repeats it. */
  public get digest(): string {
    const digested = this.controls.map((control) => {
      const name = admissionPolicyName(control);
      return [name, this.specOf(control), bindingsOf(control, name, this.rollouts)];
    });
    return sha256(canonicalJson(digested));
  }

  private specOf(control: Control): Record<string, unknown> {
    const waivers = this.given ?? waiversOf(this.node.root);
    return policySpec(
      control,
      waivers.filter((waiver) => waiver.control === control.id),
    );
  }

  /**
   * A policy that refuses one ConfigMap which nobody needs. It is made after all others and names their digest, so an
   * API server that refuses it so has read them all, also after a change of only one of them.
   */
  private addCanary(): void {
    const policies = this.node.findAll().filter((construct) => construct instanceof ApiObject);
    const policy = new ApiObject(this, 'canary-policy', {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: CANARY_NAME },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE'],
              resources: ['configmaps'],
              resourceNames: [CANARY_NAME],
              scope: 'Namespaced',
            },
          ],
        },
        validations: [
          {
            expression: 'false',
            message: Lazy.any({ produce: () => `The admission policies ${this.digest} are in force.` }),
            reason: 'Forbidden',
          },
        ],
      },
    });
    const binding = new ApiObject(this, 'canary-binding', {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: CANARY_NAME },
      spec: { policyName: CANARY_NAME, validationActions: ['Deny'] },
    });
    policy.addDependency(...policies);
    binding.addDependency(policy);
  }
}

function rolloutProblems(
  where: string,
  rollouts: readonly AdmissionRollout[],
  controls: readonly Control[],
): readonly Problem[] {
  return rollouts.flatMap((rollout, index) => {
    const place = `${where}.rollouts[${index}]`;
    const known = controls.map(({ id }) => id);
    const unknown = (rollout.controls ?? []).filter((id) => !known.includes(id));
    const problem = (message: string, fix: string): Problem => ({
      code: 'construct/invalid',
      where: place,
      message,
      fix,
    });
    return [
      ...unknown.map((id) => problem(`There is no control "${id}".`, 'Correct the id.')),
      ...(rollout.reason.trim() === ''
        ? [problem('It gives no reason.', 'Say why it is not enforced yet.')]
        : []),
    ];
  });
}

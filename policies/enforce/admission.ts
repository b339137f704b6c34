import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { NAMESPACE_NAME_LABEL } from '../../constructs/names';
import { canonicalJson, sha256 } from '../../constructs/render/digest';
import { serves } from '../../constructs/serves';
import type { Control } from '../control';
import { CONTROLS } from '../controls';
import type { Kind } from '../kinds';
import { offendersExpression, variablesOf, wholeExpression } from '../variables';
import { celLiteral } from '../parameters';
import type { Validation } from '../control';
import { EXEMPT_NAMESPACES } from './exempt';

/** Namespace of the canary. */
export const CANARY_NAMESPACE = 'default';

/** Name of the ConfigMap that nobody may create: its refusal shows that the policies are in force. */
export const CANARY_NAME = 'keelson-canary';

/** Settings of `AdmissionPolicies`. */
export interface AdmissionPoliciesProps {
  /**
   * The controls that the API server enforces.
   *
   * @default - all of keelson's
   */
  readonly controls?: readonly Control[];
}

const API_VERSION = 'admissionregistration.k8s.io/v1';

/**
 * What is judged: everything but an object that is being deleted and whose pod stays as it was. So a finalizer can always
 * be taken off, and nothing can be smuggled into what waits for one.
 */
const JUDGED = [
  '!has(object.metadata.deletionTimestamp)',
  'oldObject == null',
  '(has(object.spec) ? object.spec != oldObject.spec : object.template != oldObject.template)',
].join(' || ');

/** The name of a control's admission policy and of its binding. */
export function admissionPolicyName(control: Pick<Control, 'id'>): string {
  return `keelson-${control.id}`;
}

/**
 * The controls as admission policies, enforced by the API server itself: a request that breaks one is denied and noted
 * in the audit log. A policy that cannot be evaluated denies, too.
 *
 * Objects that are being deleted pass unless their pod is changed, so that a policy never keeps something from being
 * removed.
 */
export class AdmissionPolicies extends Construct {
  /** Names exactly this set of policies; the canary's refusal repeats it. */
  public readonly digest: string;

  public constructor(scope: Construct, id: string, props: AdmissionPoliciesProps = {}) {
    super(scope, id);
    const controls = (props.controls ?? CONTROLS).filter(({ companions }) => companions === undefined);
    for (const control of controls) {
      const name = admissionPolicyName(control);
      new ApiObject(this, `${control.id}-policy`, {
        apiVersion: API_VERSION,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: {
          failurePolicy: 'Fail',
          matchConstraints: { resourceRules: resourceRules(control.kinds) },
          matchConditions: [{ name: 'not-being-deleted', expression: JUDGED }],
          variables: variablesOf(control),
          validations: control.validations.map((validation) => admissionValidation(control, validation)),
        },
      });
      new ApiObject(this, `${control.id}-binding`, {
        apiVersion: API_VERSION,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name },
        spec: {
          policyName: name,
          validationActions: ['Deny', 'Audit'],
          matchResources: {
            namespaceSelector: {
              matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator: 'NotIn', values: EXEMPT_NAMESPACES }],
            },
          },
        },
      });
      serves(this, ...control.mappings.recommendations);
    }
    this.digest = sha256(canonicalJson([JUDGED, EXEMPT_NAMESPACES, controls.map(judgement)]));
    this.addCanary();
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
            message: `The admission policies ${this.digest} are in force.`,
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

/** What of a control the API server gets to see. */
function judgement(control: Control): unknown {
  return [
    control.id,
    resourceRules(control.kinds),
    variablesOf(control),
    control.validations.map((validation) => admissionValidation(control, validation)),
  ];
}

function admissionValidation(control: Control, validation: Validation): Record<string, unknown> {
  const { forEach, message } = validation;
  const text = `${control.id}: ${message} ${control.remediation}`;
  const which =
    forEach === undefined
      ? {}
      : {
          messageExpression: `${celLiteral(`${control.id}: ${forEach.as} `)} + ${offendersExpression(forEach, validation.expression)} + ${celLiteral(`: ${message} ${control.remediation}`)}`,
        };
  return { expression: wholeExpression(validation), message: text, ...which, reason: 'Forbidden' };
}

/** One rule for each API group and scope, with the subresources that carry whole objects. */
function resourceRules(kinds: readonly Kind[]): unknown[] {
  const groups = new Map<string, Kind[]>();
  for (const kind of kinds) {
    const key = `${kind.apiGroup} ${kind.namespaced}`;
    groups.set(key, [...(groups.get(key) ?? []), kind]);
  }
  return [...groups.values()].map((group) => ({
    apiGroups: [group[0]!.apiGroup],
    apiVersions: [group[0]!.apiVersion],
    operations: ['CREATE', 'UPDATE'],
    resources: group.flatMap(({ resource, subresources = [] }) => [
      resource,
      ...subresources.map((subresource) => `${resource}/${subresource}`),
    ]),
    scope: group[0]!.namespaced ? 'Namespaced' : 'Cluster',
  }));
}

import type { Waiver } from '../../model';
import type { Control, Validation } from '../control';
import type { Elements } from '../elements';
import type { Kind } from '../kinds';
import { celLiteral } from '../parameters';
import { podExpression } from '../subjects';
import { judgesPods, offendersExpression, variablesOf, wholeExpression } from '../variables';
import { waiverVariables } from './admission-waivers';
import { KUBERNETES_ACCOUNTS } from './exempt';

/**
 * The `spec` of the ValidatingAdmissionPolicy that a control is in the API server.
 *
 * @param waivers those of the control
 */
export function policySpec(control: Control, waivers: readonly Waiver[]): Record<string, unknown> {
  const judged = withWaivers(control, waivers);
  return {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: resourceRules(control.kinds) },
    matchConditions: [
      { name: 'made-or-changed', expression: madeOrChanged(control) },
      ...(judgesRbac(control)
        ? [
            {
              name: 'not-kubernetes-itself',
              expression: `!(request.userInfo.username in ${celLiteral(KUBERNETES_ACCOUNTS)})`,
            },
          ]
        : []),
    ],
    variables: [...variablesOf(control), ...waiverVariables(waivers)],
    validations: judged.map((validation) => admissionValidation(control, validation)),
  };
}

/**
 * CEL: the object is new, or what the control judges is not what it was. So nothing that is there can keep an object from
 * being labelled, scaled or rid of its finalizers, and nothing gets in on the way out.
 */
export function madeOrChanged(control: Control): string {
  const parts = judgesPods(control) ? podParts(control) : control.kinds.flatMap(objectParts);
  return ['oldObject == null', ...new Set(parts)].join(' || ');
}

/** The pod's `spec`; its metadata only for a control that looks at it, since others write there all the time. */
function podParts(control: Control): readonly string[] {
  const looksAtMetadata = control.validations.some(({ expression }) => expression.includes('podMetadata'));
  const differs = (field: string, otherwise?: string): string =>
    `(${podExpression(field, otherwise)}) != (${podExpression(field, otherwise, 'oldObject')})`;
  return [differs('spec'), ...(looksAtMetadata ? [differs('metadata.annotations', '{}')] : [])];
}

function objectParts(kind: Kind): readonly string[] {
  return (kind.judged ?? ['spec']).map((path) => changed(path.split('.')));
}

/** CEL: a field was added, taken away or changed. */
function changed(path: readonly string[]): string {
  const [now, before] = ['object', 'oldObject'].map((root) => [root, ...path].join('.'));
  return `has(${now}) != has(${before}) || (has(${now}) && ${now} != ${before})`;
}

/** The validations, each true as well where a waiver allows what breaks it. */
function withWaivers(control: Control, waivers: readonly Waiver[]): readonly Validation[] {
  if (waivers.length === 0) return control.validations;
  return control.validations.map((validation) => {
    const one =
      validation.forEach?.as === 'container' ? ' || container.name in variables.waivedContainers' : '';
    return { ...validation, expression: `variables.waived || (${validation.expression})${one}` };
  });
}

function admissionValidation(control: Control, validation: Validation): Record<string, unknown> {
  const { forEach, message } = validation;
  const text = `${message} ${control.remediation}`;
  return {
    expression: wholeExpression(validation),
    message: `${control.id}: ${text}`,
    ...(forEach === undefined ? {} : { messageExpression: whichAndWhat(control, forEach, validation, text) }),
    reason: 'Forbidden',
  };
}

/** CEL: the message with the names of the elements that are wrong. */
function whichAndWhat(control: Control, forEach: Elements, validation: Validation, text: string): string {
  const offenders = offendersExpression(forEach, validation.expression);
  return `${celLiteral(`${control.id}: ${forEach.as} `)} + ${offenders} + ${celLiteral(`: ${text}`)}`;
}

/** One rule for each API group and scope, with the subresources that carry whole objects. */
export function resourceRules(kinds: readonly Kind[]): unknown[] {
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

/** Whether a control judges roles or bindings, some of which Kubernetes itself makes. */
function judgesRbac(control: Control): boolean {
  return control.kinds.some(({ apiGroup }) => apiGroup === 'rbac.authorization.k8s.io');
}

/** Whether a control judges objects that live in no namespace. */
export function judgesClusterScoped(control: Control): boolean {
  return control.kinds.some(({ namespaced }) => !namespaced);
}

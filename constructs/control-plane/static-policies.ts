import type { Problem } from '../../model';
import type { NodeDocument } from '../node/file-tree';
import { invalidProperty } from '../shape';

/** The kinds that the API server reads from files. */
const KINDS = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];

/** How names of policies from files end; the API lets nobody use such a name. */
export const STATIC_POLICY_SUFFIX = '.static.k8s.io';

interface Policy {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown };
  readonly spec?: Readonly<Record<string, unknown>>;
}

/**
 * Admission policies as one document that the API server reads from a file at its start: nobody can change or remove them through
 * the API, and they are in force from the first request. Each name gets the suffix that such policies have. Since Kubernetes 1.37.
 */
export function staticPolicyList(policies: readonly NodeDocument[]): Readonly<Record<string, unknown>> {
  return { apiVersion: 'v1', kind: 'List', items: policies.map(renamed) };
}

function renamed(document: NodeDocument): NodeDocument {
  const { metadata, spec = {} } = document as Policy;
  const { policyName } = spec;
  return {
    ...document,
    metadata: { ...metadata, name: suffixed(String(metadata?.name)) },
    spec: { ...spec, ...(policyName === undefined ? {} : { policyName: suffixed(String(policyName)) }) },
  };
}

function suffixed(name: string): string {
  return name.endsWith(STATIC_POLICY_SUFFIX) ? name : `${name}${STATIC_POLICY_SUFFIX}`;
}

/** Everything for which the API server would not start with these policies. */
export function staticPolicyProblems(policies: readonly NodeDocument[], where: string): readonly Problem[] {
  const named = policies.map((document) => document as Policy);
  const known = new Set(named.filter(({ kind }) => kind === KINDS[0]).map(nameOf));
  const seen = new Set<string>();
  return named.flatMap((policy, index) => {
    const problems: Problem[] = [];
    const refuse = (message: string, fix: string): void => {
      problems.push(invalidProperty(`${where}[${index}]`, message, fix));
    };
    const { apiVersion, kind, spec = {} } = policy;
    if (apiVersion !== 'admissionregistration.k8s.io/v1' || !KINDS.includes(String(kind))) {
      refuse(`${String(apiVersion)} ${String(kind)} cannot come from a file.`, `Give ${KINDS.join(' or ')}.`);
      return problems;
    }
    const key = `${String(kind)} ${nameOf(policy)}`;
    if (nameOf(policy) === '') refuse('It has no name.', 'Name it.');
    if (seen.has(key)) refuse(`There are two of ${key}.`, 'Name each once.');
    seen.add(key);
    if (spec['paramKind'] !== undefined || spec['paramRef'] !== undefined) {
      refuse('It reads parameters, which a policy from a file cannot.', 'Put them into its expressions.');
    }
    if (kind === KINDS[1] && !known.has(String(spec['policyName']))) {
      refuse(`It binds ${String(spec['policyName'])}, which is not among these policies.`, 'Give both.');
    }
    return problems;
  });
}

function nameOf({ metadata }: Policy): string {
  return typeof metadata?.name === 'string' ? metadata.name : '';
}

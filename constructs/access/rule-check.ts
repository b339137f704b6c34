import { shown, type PropsCheck } from '../validation';
import type { ApiResource } from './api-resource';
import { apiResources, isServedIn } from './api-resources';
import { AccessRule } from './rule';

/** The controls by which a role is refused that lets its holder take more rights, by the verb. */
const ESCALATING_VERBS: Readonly<Record<string, string>> = {
  escalate: 'escalate-and-bind',
  bind: 'escalate-and-bind',
  impersonate: 'impersonation',
};

/** What a role is, as far as its rules depend on it. */
export interface RuleScope {
  /** Whether it holds in one namespace only. */
  readonly namespaced: boolean;
  /** The release that it is for, for example `1.37`. */
  readonly kubernetes: string;
  /** Ids of the controls that are waived for it. */
  readonly waived: readonly string[];
}

/** Notes what is wrong with the rules of a role, those that JavaScript or a cast made too. */
export function checkRules(check: PropsCheck, rules: readonly AccessRule[], scope: RuleScope): void {
  rules.forEach((rule, index) => checkRule(check, `rules[${index}]`, rule, scope));
}

function checkRule(check: PropsCheck, where: string, rule: AccessRule, scope: RuleScope): void {
  if (!(rule instanceof AccessRule)) {
    check.require(
      false,
      where,
      'It was not made by allow(…).',
      "Write allow(api.configMaps, ['get']), with what is needed.",
    );
    return;
  }
  const isAboutPaths = rule.resource === undefined && rule.paths !== undefined;
  if (!isAboutPaths && (typeof rule.resource !== 'object' || rule.resource === null)) {
    check.require(
      false,
      `${where}.resource`,
      `${shown(rule.resource)} is no resource.`,
      'Take one of `api`, whose names are in camel case (api.configMaps), or make one with customResource(…).',
    );
    return;
  }
  const words = {
    resource: rule.resource === undefined ? [] : [rule.resource.resource, rule.resource.apiGroup],
    verbs: rule.verbs,
    names: rule.names ?? [],
    paths: rule.paths ?? [],
  };
  for (const [property, values] of Object.entries(words)) {
    const isList = Array.isArray(values) && values.every((value) => typeof value === 'string');
    check.require(
      isList,
      `${where}.${property}`,
      `${Array.isArray(values) ? 'The list holds something else than texts' : `${shown(values)} is no list`}.`,
      "Give a list of texts, for example ['get'].",
    );
    if (!isList) return;
    check.require(
      !values.some((value) => value.includes('*')),
      `${where}.${property}`,
      `"${values.join(', ')}" holds a wildcard.`,
      'Name what is needed.',
    );
  }
  check.require(rule.verbs.length > 0, `${where}.verbs`, 'The list is empty.', 'Name what is needed.');
  checkEscalation(check, `${where}.verbs`, rule.verbs, scope.waived);
  if (rule.resource === undefined) checkPaths(check, where, words.paths, scope);
  else if (!words.resource.some((word) => word.includes('*'))) checkResource(check, where, rule, scope);
}

function checkEscalation(
  check: PropsCheck,
  where: string,
  verbs: readonly string[],
  waived: readonly string[],
): void {
  const refused = verbs.filter((verb) => {
    const control = ESCALATING_VERBS[verb.split(/[:-]/)[0]!];
    return control !== undefined && !waived.includes(control);
  });
  check.require(
    refused.length === 0,
    where,
    `"${refused.join(', ')}" lets its holder take more rights.`,
    'Leave it out, or name who answers for it in `waivers` (escalate-and-bind, impersonation).',
  );
}

function checkPaths(
  check: PropsCheck,
  where: string,
  paths: readonly string[],
  { namespaced }: RuleScope,
): void {
  check
    .require(
      !namespaced,
      `${where}.paths`,
      'A role in a namespace allows no paths.',
      'Use a ClusterWideRole.',
    )
    .require(
      paths.length > 0 && paths.every((path) => path.startsWith('/')),
      `${where}.paths`,
      `"${paths.join(', ')}" are no paths.`,
      'Give paths of the API server, for example /metrics.',
    );
}

function checkResource(
  check: PropsCheck,
  where: string,
  { resource, verbs, names }: AccessRule,
  { namespaced, kubernetes }: RuleScope,
): void {
  const ofKubernetes = known(resource!);
  const { resource: name, apiGroup, verbs: its, since, namespaced: isNamespaced } = ofKubernetes ?? resource!;
  const told = apiGroup === '' ? name : `${name}.${apiGroup}`;
  check.require(
    ofKubernetes !== undefined || isOfAnother(resource!),
    `${where}.resource`,
    `The API group "${apiGroup}" is none, or one of Kubernetes itself.`,
    'Take the resources of Kubernetes from `api`, and give customResource(…) the API group of another.',
  );
  // Of a wildcard it is told already.
  const unknown = verbs.filter((verb) => !verb.includes('*') && !its.includes(verb));
  check
    .require(
      unknown.length === 0,
      `${where}.verbs`,
      `${told} has no ${unknown.join(', ')}.`,
      `Choose from ${its.join(', ')}.`,
    )
    .require(
      isServedIn(ofKubernetes ?? resource!, kubernetes),
      `${where}.resource`,
      `${told} is there since Kubernetes ${since}, and this is for ${kubernetes}.`,
      'Leave it out, or raise the release of the posture.',
    )
    .require(
      !namespaced || isNamespaced,
      `${where}.resource`,
      `${told} is in no namespace, so that a role in one allows nothing.`,
      'Use a ClusterWideRole.',
    );
  if (names === undefined) return;
  // A request that creates an object, or deletes all of them, carries no name that RBAC could look at.
  const nameless = verbs.filter(
    (verb) => verb === 'deletecollection' || (verb === 'create' && !name.includes('/')),
  );
  check
    .require(
      names.length > 0 && names.every((one) => one !== ''),
      `${where}.names`,
      'An empty list, or an empty name, is every name to RBAC.',
      'Name the objects, or leave `names` out.',
    )
    .require(
      nameless.length === 0,
      `${where}.names`,
      `${nameless.join(', ')} cannot be limited by name: it would allow nothing.`,
      'Allow it without names, in a rule of its own.',
    );
}

/** What the table says of it, whatever the rule says; undefined where Kubernetes does not have it. */
function known({ apiGroup, resource }: ApiResource): ApiResource | undefined {
  return apiResources().find((own) => own.apiGroup === apiGroup && own.resource === resource);
}

/** Whether Kubernetes serves nothing in its group: a name that is in one of its groups and not in the table is a slip. */
function isOfAnother({ apiGroup }: ApiResource): boolean {
  return (
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(apiGroup) &&
    !apiResources().some((own) => own.apiGroup === apiGroup)
  );
}

import { withBuiltIn } from './built-in';
import { groupsOf } from './holder';
import type { AccessQuestion, Requester } from './authorizer';
import { apiResources } from '../constructs/access/api-resources';
import { compare } from '../reachability';
import { keyOf, roleOf, type AccessObject, type Subject } from './rbac';
import { worldOf } from './world';
import type { AnalysisFacts } from './analysis';

/** Who asks, where a subject does. */
export function requesterOf(subject: Subject): Requester {
  const groups = groupsOf(subject).map(({ name }) => name);
  return subject.kind === 'User'
    ? { user: subject.name, groups }
    : { user: '', groups: [subject.name, ...groups] };
}

/** All users and groups that a binding names and who may do something, by their name: those of Kubernetes itself too. */
export function whoCan(
  objects: readonly AccessObject[],
  question: AccessQuestion,
  { whole = false, ...facts }: AnalysisFacts = {},
): readonly string[] {
  const { subjects, authorizer } = worldOf(whole ? objects : withBuiltIn(objects), facts);
  return subjects
    .filter((subject) => authorizer.allows(requesterOf(subject), question))
    .map((subject) => keyOf(subject))
    .sort(compare);
}

/** Whether a resource is one of the table, or one that some rule names: a slip would be answered with nobody. */
export function isKnownResource(objects: readonly AccessObject[], question: AccessQuestion): boolean {
  if ('path' in question || question.resource === '*') return true;
  const { group, resource, subresource } = question;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return (
    apiResources().some((one) => one.apiGroup === group && one.resource === full) ||
    objects.some((object) =>
      roleOf(object)?.rules.some(
        ({ apiGroups, resources }) => apiGroups.includes(group) && resources.includes(full),
      ),
    )
  );
}

/** What somebody asks for in a few words: `get pods/log`, `create deployments.apps`, `get /metrics`. */
export function parseQuestion(text: string, namespace?: string): AccessQuestion | undefined {
  const [, verb, what, name] = /^(\S+) (\S+)(?: (\S+))?$/.exec(text.trim()) ?? [];
  if (verb === undefined || what === undefined) return undefined;
  if (what.startsWith('/')) return name === undefined ? { verb, path: what } : undefined;
  const [, resource, group = '', below, behind = ''] =
    /^([^./]+)(?:\.([^/]+))?(?:\/([^.]+)(?:\.(.+))?)?$/.exec(what) ?? [];
  if (resource === undefined) return undefined;
  return {
    ...{ verb, resource, group: group || behind },
    ...(below === undefined ? {} : { subresource: below }),
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

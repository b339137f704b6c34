import { Authorizer, bindingOf, withBuiltIn, type Rule } from '../../authorization';
import { administratorMay } from '../administrator-may';
import { lesserSubjects, liveBindings, type BoundSubject } from '../bound-subjects';
import type { ApiClient } from '../client/api-client';
import { mayThey, type AccessAction, type AccessQuestion } from '../client/access';
import { discoverActions, type DiscoveredAction } from '../client/discovery';
import { ESCALATING_RIGHTS } from '../escalating-rights';
import { isOwnRight } from '../parts-of-kubernetes';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

export default defineProbe({
  id: 'access-as-declared',
  recommendations: ['AUTH-3'],
  claim:
    'Everybody whom a declared binding names may do what was declared, verb by verb, and nothing else; nobody whom any binding names, but known administrators and the parts of Kubernetes, has a right that gives itself more.',
  open: 'accounts of kube-system count as parts of Kubernetes, whoever made them; who makes workloads in a namespace has the rights of the accounts that live there; a right on a single object that was not declared is not seen',
  run: async ({ client, roles }) => {
    if (roles === undefined) return unavailable('it is not known what was declared');
    const objects = roles.map((manifest) => ({ manifest, source: 'declared' }));
    const declared = lesserSubjects(objects.flatMap((object) => bindingOf(object) ?? []));
    if (declared.length === 0) return unavailable('no role was declared for anybody');
    const authorizer = Authorizer.of(withBuiltIn(objects));
    const actions = await discoverActions(client);
    const attempts: Attempt[] = [];
    for (const subject of declared) attempts.push(await asDeclared(client, subject, actions, authorizer));
    return resultOf([
      ...attempts,
      ...(await nothingMore(client)),
      await administratorMay(client, ESCALATING_RIGHTS),
    ]);
  },
});

/** Compares what the API server answers with what the declared roles come to, those of Kubernetes itself among them. */
async function asDeclared(
  client: ApiClient,
  { label, subject: named, user, groups, namespaces }: BoundSubject,
  actions: readonly DiscoveredAction[],
  authorizer: Authorizer,
): Promise<Attempt> {
  const subject = { user, groups };
  const single = authorizer
    .grantsTo(named)
    .flatMap(({ namespace = '', rules }) =>
      rules.flatMap((rule) => singleActions(rule).map((action) => ({ ...action, namespace, subject }))),
    );
  const questions: readonly AccessQuestion[] = [
    ...actions.flatMap(({ verb, group, resource, namespaced }) =>
      (namespaced ? [...namespaces, 'kube-system'] : ['']).map((namespace) => ({
        ...{ verb, group, resource, namespace, subject },
      })),
    ),
    ...single,
  ];
  const live = await mayThey(client, questions);
  const declared = questions.map((question) => {
    const [resource = '', subresource] = question.resource.split('/');
    return authorizer.allows(subject, { ...question, resource, subresource });
  });
  const differences = questions.flatMap((question, index) =>
    live[index] === declared[index] ? [] : [`${live[index] ? 'may' : 'may not'} ${words(question)}`],
  );
  return {
    attempt: `ask for ${label}, verb by verb, and compare with what was declared`,
    seen:
      differences.length === 0
        ? `${questions.length} answers, ${declared.filter(Boolean).length} of them yes, all as declared`
        : `${differences.length} differ: ${differences.slice(0, 5).join(', ')}`,
    ok: differences.length === 0,
  };
}

/** What a rule allows for single names, each by itself. */
function singleActions({ apiGroups, resources, verbs, names }: Rule): readonly AccessAction[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => names.map((name) => ({ group, resource, verb, name }))),
    ),
  );
}

function words({ verb, resource, group, name, namespace }: AccessQuestion): string {
  const what = `${resource}${group && `.${group}`}`;
  return [verb, what, name, namespace && `in ${namespace}`].filter(Boolean).join(' ');
}

/** Asks everywhere something is bound to somebody, and of what is in no namespace; what Kubernetes itself gives its parts is theirs. */
async function nothingMore(client: ApiClient): Promise<readonly Attempt[]> {
  const subjects = lesserSubjects(await liveBindings(client));
  const attempts: Attempt[] = [];
  for (const { label, user, groups, namespaces } of subjects) {
    const questions = ['', 'kube-system', ...namespaces]
      .flatMap((namespace) =>
        ESCALATING_RIGHTS.map((right) => ({ ...right, namespace, subject: { user, groups } })),
      )
      .filter((question) => !isOwnRight(question));
    const answers = await mayThey(client, questions);
    const found = questions
      .filter((_, index) => answers[index])
      .map(({ verb, resource }) => `${verb} ${resource}`);
    attempts.push({
      attempt: `ask whether ${label} has one of ${ESCALATING_RIGHTS.length} rights that give more`,
      seen: [...new Set(found)].join(', ') || 'none',
      ok: found.length === 0,
    });
  }
  return attempts;
}

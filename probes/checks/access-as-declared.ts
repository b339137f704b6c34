import { lesserSubjects } from '../bound-subjects';
import type { ApiClient } from '../client/api-client';
import { mayThey, type AccessQuestion } from '../client/access';
import { discoverActions, type DiscoveredAction } from '../client/discovery';
import { declaredSubjects, type DeclaredSubject } from '../declared-roles';
import { ESCALATING_RIGHTS } from '../escalating-rights';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

export default defineProbe({
  id: 'access-as-declared',
  recommendations: ['AUTH-3'],
  claim:
    'Everybody whom a declared binding names may do what was declared, verb by verb, and nothing else; nobody whom any binding names, but known administrators and the parts of Kubernetes, has a right that gives itself more.',
  open: 'who makes workloads in a namespace has the rights of the accounts that live there; a right on a single object that was not declared is not seen',
  run: async ({ client, roles }) => {
    if (roles === undefined) return unavailable('it is not known what was declared');
    const declared = declaredSubjects(roles);
    if (declared.length === 0) return unavailable('no role was declared for anybody');
    const actions = await discoverActions(client);
    const attempts: Attempt[] = [];
    for (const subject of declared) attempts.push(await asDeclared(client, subject, actions));
    return resultOf([...attempts, ...(await nothingMore(client)), await someoneMay(client)]);
  },
});

/** Everybody who has logged in may do a little: that is asked for with the same groups, and somebody whom nothing names. */
async function asDeclared(
  client: ApiClient,
  { label, user, groups, namespaces, named, may }: DeclaredSubject,
  actions: readonly DiscoveredAction[],
): Promise<Attempt> {
  const open = groups.filter((group) => group.startsWith('system:'));
  const subject = { user, groups };
  const anybody = { user: 'keelson-probe', groups: open };
  const questions = actions.flatMap((action): AccessQuestion[] =>
    (action.namespaced ? [...namespaces, 'kube-system'] : ['']).map((namespace) => ({
      ...{ verb: action.verb, group: action.group, resource: action.resource },
      ...{ namespace, subject },
    })),
  );
  const live = await mayThey(client, questions);
  const names = await mayThey(
    client,
    named.map((one) => ({ ...one, subject })),
  );
  const expected = questions.map((question) => may(question, question.namespace));
  const suspects = questions.filter((_, index) => live[index] && !expected[index]);
  const base = await mayThey(
    client,
    suspects.map((question) => ({ ...question, subject: anybody })),
  );
  const words = ({ verb, resource, group, name, namespace }: Omit<AccessQuestion, 'subject'>): string =>
    [verb, `${resource}${group && `.${group}`}`, name, namespace && `in ${namespace}`]
      .filter(Boolean)
      .join(' ');
  const differences = [
    ...suspects.filter((_, index) => !base[index]).map((question) => `may ${words(question)}`),
    ...questions.filter((_, index) => expected[index] && !live[index]).map((one) => `may not ${words(one)}`),
    ...named.filter((_, index) => !names[index]).map((one) => `may not ${words(one)}`),
  ];
  return {
    attempt: `ask for ${label}, verb by verb, and compare with what was declared`,
    seen:
      differences.length === 0
        ? `${questions.length + named.length} answers, ${expected.filter(Boolean).length + named.length} of them yes, all as declared`
        : `${differences.length} differ: ${differences.slice(0, 5).join(', ')}`,
    ok: differences.length === 0,
  };
}

/** Asks everywhere something is bound to somebody, and of what is in no namespace. */
async function nothingMore(client: ApiClient): Promise<readonly Attempt[]> {
  const subjects = await lesserSubjects(client);
  const attempts: Attempt[] = [];
  for (const { label, user, groups, namespaces } of subjects) {
    const questions = ['', 'kube-system', ...namespaces].flatMap((namespace) =>
      ESCALATING_RIGHTS.map((right) => ({ ...right, namespace, subject: { user, groups } })),
    );
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

/** Where nobody may do anything, a refusal says nothing. */
async function someoneMay(client: ApiClient): Promise<Attempt> {
  const subject = { user: 'keelson-probe', groups: ['system:masters'] };
  const answers = await mayThey(
    client,
    ESCALATING_RIGHTS.map((right) => ({ ...right, namespace: '', subject })),
  );
  return {
    attempt: 'ask whether an administrator has them',
    seen: `${answers.filter(Boolean).length} of ${ESCALATING_RIGHTS.length}`,
    ok: answers.every(Boolean),
  };
}

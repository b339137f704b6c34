import type { Api } from './list';

/** Requests at once: far below what the API server lets one client have in flight. */
const AT_ONCE = 16;

/** Who is asked about. */
export interface AccessSubject {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Something that RBAC may allow on a resource. */
export interface AccessAction {
  readonly verb: string;
  /** API group; the core group is the empty string. */
  readonly group: string;
  /** Resource, with its subresource after a slash. */
  readonly resource: string;
  /** @default - any name */
  readonly name?: string;
}

/** One question to the authorizer. */
export interface AccessQuestion extends AccessAction {
  readonly subject: AccessSubject;
  /** Empty for all namespaces, or where a resource is in none. */
  readonly namespace: string;
}

/**
 * Asks the API server who may do what, each as one SubjectAccessReview.
 *
 * @returns the answers, in the order of the questions
 * @throws Error where it does not say
 */
export async function mayThey(api: Api, questions: readonly AccessQuestion[]): Promise<readonly boolean[]> {
  const answers: boolean[] = [];
  const waiting = questions.map((question, index) => ({ question, index })).reverse();
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      answers[next.index] = await ask(api, next.question);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

async function ask(
  api: Api,
  { subject, verb, group, resource: whole, name, namespace }: AccessQuestion,
): Promise<boolean> {
  const [resource, subresource] = whole.split('/');
  const resourceAttributes = { verb, group, resource, subresource, name, namespace };
  const answer = await api.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: { spec: { ...subject, resourceAttributes } },
  });
  const allowed = answer.json<{ status?: { allowed?: unknown } }>()?.status?.allowed;
  if (answer.status !== 201 || typeof allowed !== 'boolean')
    throw new Error(`asking for access was answered ${answer.status}`);
  return allowed;
}

import type { k8s } from '../cdk8s-plus';
import type { PropsCheck } from '../validation';

/** Who gets a role. */
export type RoleSubject =
  { readonly group: string } | { readonly serviceAccount: string; readonly namespace: string };

/** Groups that hold people who did not log in, or everybody who did, and those that Kubernetes makes itself. */
const OPEN_GROUPS = ['system:anonymous', 'system:unauthenticated', 'system:authenticated', 'system:masters'];

/** Notes what is wrong with the subjects of a role. */
export function checkSubjects(check: PropsCheck, subjects: readonly RoleSubject[]): void {
  check.require(
    subjects.length > 0,
    'subjects',
    'No subject is given.',
    'Give at least one group or service account.',
  );
  subjects.forEach((subject, index) => {
    if (!isNamed(subject)) {
      check.require(
        false,
        `subjects[${index}]`,
        'It names neither a group nor a service account with its namespace.',
        'Write { group } or { serviceAccount, namespace }.',
      );
      return;
    }
    check.require(
      !('group' in subject && OPEN_GROUPS.includes(subject.group)),
      `subjects[${index}]`,
      `The group "${'group' in subject ? subject.group : ''}" is not a group of known people with limited rights.`,
      'Name a group of your identity provider.',
    );
  });
}

/** Whether it is a subject with its names, as JavaScript may not have given it. */
function isNamed(subject: RoleSubject): boolean {
  const names = 'group' in subject ? [subject.group] : [subject.serviceAccount, subject.namespace];
  return names.every((name) => typeof name === 'string' && name !== '');
}

/** A subject as a binding names it. */
export function subjectOf(subject: RoleSubject): k8s.Subject {
  return 'group' in subject
    ? { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: subject.group }
    : { kind: 'ServiceAccount', name: subject.serviceAccount, namespace: subject.namespace };
}

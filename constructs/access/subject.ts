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
    check.require(
      !('group' in subject && OPEN_GROUPS.includes(subject.group)),
      `subjects[${index}]`,
      `The group "${'group' in subject ? subject.group : ''}" is not a group of known people with limited rights.`,
      'Name a group of your identity provider.',
    );
  });
}

/** A subject as a binding names it. */
export function subjectOf(subject: RoleSubject): k8s.Subject {
  return 'group' in subject
    ? { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: subject.group }
    : { kind: 'ServiceAccount', name: subject.serviceAccount, namespace: subject.namespace };
}

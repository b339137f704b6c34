import { DEFAULT_POSTURE } from '../../../model';
import { defineControl, parameter, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podSecurity, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { IN_USER_NAMESPACE, valueOr } from '../fields';

/** CEL: a user is not named, is root (which another control is about), or is in the range. */
const inRange = (root: string): Validation => {
  const user = `${root}.securityContext.runAsUser`;
  return {
    expression: `${IN_USER_NAMESPACE} || ${valueOr(user, '0')} == 0 || (${user} >= variables.lowest && ${user} <= variables.highest)`,
    path: 'securityContext.runAsUser',
    message: 'runAsUser is not in the range of users that are free for workloads.',
    showsValue: true,
  };
};

export default defineControl({
  id: 'user-range',
  area: 'workload',
  title: 'Containers run as users that no node has',
  rationale:
    'A process that gets out of its container has on the node what the user of the same number has there: 999 may be a database, 1000 the administrator.',
  severity: 'low',
  remediation: 'Use a user of 10000 or more, and give it the files that it needs.',
  mappings: { recommendations: ['POD-1'], cis: [], attack: ['T1611'] },
  kinds: POD_KINDS,
  parameters: {
    lowest: parameter('The lowest user id allowed.', (z) => z.int().min(1), DEFAULT_POSTURE.users.lowest),
    highest: parameter('The highest user id allowed.', (z) => z.int().min(1), DEFAULT_POSTURE.users.highest),
  },
  validations: [inRange('variables.podSpec'), { ...inRange('container'), forEach: CONTAINERS }],
  examples: {
    good: [
      examplePod(),
      podSecurity({ runAsUser: 10000 }),
      podWithSecurity({ runAsUser: 2147483647 }),
      examplePod({ hostUsers: false, securityContext: { runAsUser: 999 } }),
    ],
    bad: [
      podSecurity({ runAsUser: 9999 }),
      podWithSecurity({ runAsUser: 1 }),
      podWithInit({ runAsUser: 999 }),
    ],
  },
});

import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, role } from '../roles';

/** CEL: nothing in a list of the rule starts with a wildcard, which ends a path and stands for a whole group or resource. */
const without = (list: string, wildcards: readonly string[]): string =>
  `(!has(rule.${list}) || !rule.${list}.exists(r, ${wildcards.map((wildcard) => `r.startsWith("${wildcard}")`).join(' || ')}))`;

export default defineControl({
  id: 'wildcard-resources',
  area: 'rbac',
  title: 'No role covers every resource, group or path',
  rationale: 'A wildcard also covers Secrets, roles, and whatever is installed later.',
  severity: 'high',
  remediation: 'Name the API groups, resources and paths that are needed.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.3'], attack: ['T1078', 'T1098.006'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `(${without('apiGroups', ['*'])} && ${without('resources', ['*'])} && ${without('nonResourceURLs', ['*', '/*'])})`,
      path: '',
      message: 'The rule covers every resource, group or path.',
    },
  ],
  examples: {
    good: [
      role({ resources: ['pods'], verbs: ['get'] }),
      clusterRole({ apiGroups: undefined, nonResourceURLs: ['/metrics', '/healthz/*'], verbs: ['get'] }),
    ],
    bad: [
      role({ resources: ['*'], verbs: ['get'] }),
      clusterRole({ apiGroups: ['*'], resources: ['widgets'], verbs: ['get'] }),
      clusterRole({ resources: ['*/scale'], verbs: ['get'] }),
      clusterRole({ apiGroups: undefined, nonResourceURLs: ['*'], verbs: ['get'] }),
      clusterRole({ apiGroups: undefined, nonResourceURLs: ['/healthz', '/*'], verbs: ['get'] }),
    ],
  },
});

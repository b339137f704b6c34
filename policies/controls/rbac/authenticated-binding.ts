import { defineControl } from '../../control';
import { BOUND_SUBJECTS } from '../../elements';
import { KINDS } from '../../kinds';
import { binding, group } from '../roles';

/**
 * CEL: a binding that Kubernetes itself makes, called like its role. Later versions add such bindings, and would not start if
 * one were refused.
 */
const BUILT_IN =
  'object.kind == "ClusterRoleBinding" && object.roleRef.name.startsWith("system:") && object.metadata.name == object.roleRef.name';

/** Some of them. */
const NAMES = ['basic-user', 'discovery', 'public-info-viewer', 'cluster-trust-bundle-discovery'];

export default defineControl({
  id: 'authenticated-binding',
  area: 'rbac',
  title: 'Nothing is granted to everyone who logged in, or to every service account',
  rationale: 'What is granted to all accounts is granted to each workload that somebody breaks into.',
  severity: 'high',
  remediation: 'Name a group of your identity provider, or a service account.',
  mappings: { recommendations: ['AUTH-3'], cis: [], attack: ['T1078', 'T1098.006'] },
  kinds: [KINDS.roleBinding, KINDS.clusterRoleBinding],
  validations: [
    {
      forEach: BOUND_SUBJECTS,
      expression: `!(subject.name in ["system:authenticated", "system:serviceaccounts"] || subject.name.startsWith("system:serviceaccounts:")) || (${BUILT_IN})`,
      path: 'name',
      message: 'The subject is everyone who logged in, or every service account, of a namespace or at all.',
    },
  ],
  examples: {
    good: [
      binding(group('developers')),
      binding({ kind: 'User', name: 'system:serviceaccount:shop:app' }),
      ...NAMES.map((name) => `system:${name}`).map((name) =>
        binding(group('system:authenticated'), { roleName: name, name }),
      ),
    ],
    bad: [
      binding(group('system:authenticated')),
      binding(group('system:serviceaccounts'), { namespace: 'shop' }),
      binding(group('system:serviceaccounts:shop'), { namespace: 'shop' }),
      binding(group('system:authenticated'), { roleName: 'deployer', name: 'system:discovery' }),
    ],
  },
});

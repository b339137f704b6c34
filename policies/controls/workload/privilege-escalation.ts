import { defineControl } from '../../control';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';

export default defineControl({
  id: 'privilege-escalation',
  title: 'No container can gain privileges',
  rationale:
    'A setuid program in the image, or an added capability, turns an ordinary process into one that can attack the node.',
  severity: 'high',
  remediation:
    'Set allowPrivilegeEscalation: false and capabilities.drop: [ALL] for each container; add back NET_BIND_SERVICE at most.',
  recommendations: ['POD-6'],
  cis: ['5.2.6', '5.2.8', '5.2.9', '5.2.10'],
  validations: [
    {
      expression:
        'variables.containers.all(c, has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && c.securityContext.allowPrivilegeEscalation == false)',
      message: 'A container may gain privileges: allowPrivilegeEscalation is not false for it.',
    },
    {
      expression:
        'variables.containers.all(c, has(c.securityContext) && has(c.securityContext.capabilities) && has(c.securityContext.capabilities.drop) && c.securityContext.capabilities.drop.exists(d, d == "ALL"))',
      message: 'A container keeps capabilities: it does not drop ALL.',
    },
    {
      expression:
        'variables.containers.all(c, !has(c.securityContext) || !has(c.securityContext.capabilities) || !has(c.securityContext.capabilities.add) || c.securityContext.capabilities.add.all(a, a == "NET_BIND_SERVICE"))',
      message: 'A container adds a capability other than NET_BIND_SERVICE.',
    },
  ],
  examples: {
    good: [examplePod(), podWithSecurity({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })],
    bad: [
      podWithSecurity({ allowPrivilegeEscalation: true }),
      podWithSecurity({ allowPrivilegeEscalation: undefined }),
      podWithSecurity({ capabilities: undefined }),
      podWithSecurity({ capabilities: { drop: ['NET_RAW'] } }),
      podWithSecurity({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
      podWithInit({ allowPrivilegeEscalation: true }),
    ],
  },
});

import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';

export default defineControl({
  id: 'privilege-escalation',
  area: 'workload',
  title: 'No container can gain privileges',
  rationale:
    'A setuid program in the image, or an added capability, turns an ordinary process into one that can attack the node.',
  severity: 'high',
  remediation:
    'Set allowPrivilegeEscalation: false and capabilities.drop: [ALL] for each container; add back NET_BIND_SERVICE at most.',
  mappings: {
    recommendations: ['POD-6'],
    cis: ['5.2.6', '5.2.8', '5.2.9', '5.2.10'],
    attack: ['T1611', 'T1068'],
  },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: CONTAINERS,
      expression:
        'has(container.securityContext) && has(container.securityContext.allowPrivilegeEscalation) && container.securityContext.allowPrivilegeEscalation == false',
      path: 'securityContext.allowPrivilegeEscalation',
      message: 'The container may gain privileges: allowPrivilegeEscalation is not false for it.',
      showsValue: true,
    },
    {
      forEach: CONTAINERS,
      expression:
        'has(container.securityContext) && has(container.securityContext.capabilities) && has(container.securityContext.capabilities.drop) && container.securityContext.capabilities.drop.exists(d, d == "ALL")',
      path: 'securityContext.capabilities.drop',
      message: 'The container keeps capabilities: it does not drop ALL.',
      showsValue: true,
    },
    {
      forEach: CONTAINERS,
      expression:
        '!has(container.securityContext) || !has(container.securityContext.capabilities) || !has(container.securityContext.capabilities.add) || container.securityContext.capabilities.add.all(a, a == "NET_BIND_SERVICE")',
      path: 'securityContext.capabilities.add',
      message: 'The container adds a capability other than NET_BIND_SERVICE.',
      showsValue: true,
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

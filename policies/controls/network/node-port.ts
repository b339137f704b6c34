import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { all, inList, setFields, within } from '../remedies';
import { service } from '../services';

export default defineControl({
  id: 'node-port',
  area: 'network',
  title: 'No Service opens a port on every node',
  rationale:
    'A node port is open on each address of each node, the ones that face the Internet included, and hides who calls.',
  severity: 'medium',
  remediation:
    'Use type ClusterIP, and an Ingress, a Gateway or a LoadBalancer for what is called from outside.',
  mappings: { recommendations: ['NET-5'], cis: [], attack: ['T1133', 'T1190'] },
  kinds: [KINDS.service],
  validations: [
    {
      expression: `${valueOr('object.spec.type', '"ClusterIP"')} != "NodePort"`,
      path: 'spec.type',
      message: 'The Service opens a port on every node.',
    },
  ],
  remediate: within(
    'spec',
    all(
      (spec) => (spec.type === 'NodePort' ? { ...spec, type: 'ClusterIP' } : spec),
      inList('ports', setFields({ nodePort: undefined })),
    ),
  ),
  risk: 'Whoever calls the Service at the address of a node no longer reaches it.',
  examples: {
    good: [service({}), service({ type: 'ClusterIP' })],
    bad: [
      service({ type: 'NodePort' }),
      service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
    ],
  },
});

import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { celLiteral } from '../../parameters';
import { service } from '../services';

/** The node itself, names inside of the cluster or of a cloud's metadata, and addresses. */
const INSIDE = '^(localhost|.*[.](localhost|local|internal|svc)|[0-9.]+|.*:.*)[.]?$';

const named = (externalName: string) => service({ type: 'ExternalName', externalName, selector: undefined });

export default defineControl({
  id: 'external-name',
  area: 'network',
  title: 'No Service is another name for something inside',
  rationale:
    'Whoever resolves such a Service, an ingress controller for example, is led to another namespace, to its own node or to the metadata of the cloud.',
  severity: 'medium',
  remediation: 'Name a host outside of the cluster, or call the other Service by its own name.',
  mappings: { recommendations: ['NET-5'], cis: [], attack: ['T1046', 'T1190'] },
  kinds: [KINDS.service],
  validations: [
    {
      expression: `!has(object.spec.externalName) || !object.spec.externalName.matches(${celLiteral(INSIDE)})`,
      path: 'spec.externalName',
      message: 'The Service leads to a host inside.',
    },
  ],
  examples: {
    good: [service({}), named('database.example')],
    bad: [
      named('localhost'),
      named('api.other.svc.cluster.local'),
      named('metadata.google.internal'),
      named('169.254.169.254'),
    ],
  },
});

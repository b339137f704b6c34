import { BUILT_IN_NAMESPACES } from '../../../model';
import { defineControl, parameter } from '../../control';
import { KINDS } from '../../kinds';
import { setFields, within } from '../remedies';

const LABEL = 'pod-security.kubernetes.io/enforce';

const namespace = (labels?: Readonly<Record<string, string>>, name = 'shop') => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...(labels === undefined ? {} : { labels }) },
});

export default defineControl({
  id: 'namespace-pod-security',
  area: 'network',
  title: 'Each namespace has Pod Security enforced',
  rationale:
    'Pod Security still stands where an admission policy was taken away; a namespace without its label, or with a weak one, opens it.',
  severity: 'high',
  remediation: `Label the namespace ${LABEL}: restricted.`,
  mappings: {
    recommendations: ['POD-4', 'POD-5', 'POD-6'],
    cis: ['5.2.1'],
    attack: ['T1610', 'T1611', 'T1562.001'],
  },
  kinds: [KINDS.namespace],
  parameters: {
    levels: parameter(
      'The levels that a namespace may enforce.',
      (z) => z.array(z.enum(['restricted', 'baseline'])).min(1),
      ['restricted'],
    ),
  },
  validations: [
    {
      expression: `(has(object.metadata.name) && object.metadata.name in ${JSON.stringify(BUILT_IN_NAMESPACES)}) || (has(object.metadata.labels) && "${LABEL}" in object.metadata.labels && object.metadata.labels["${LABEL}"] in variables.levels)`,
      path: 'metadata.labels',
      message: 'The namespace does not enforce a level of Pod Security that is strict enough.',
    },
  ],
  remediate: within('metadata', within('labels', setFields({ [LABEL]: 'restricted' }))),
  risk: 'Pods in the namespace that are not restricted are refused.',
  examples: {
    good: [
      namespace({ [LABEL]: 'restricted' }),
      namespace({ [LABEL]: 'restricted', [`${LABEL}-version`]: 'v1.37' }),
    ],
    bad: [
      namespace(),
      namespace({ app: 'shop' }),
      namespace({ [LABEL]: 'baseline' }),
      namespace({ [LABEL]: 'privileged' }),
    ],
  },
});

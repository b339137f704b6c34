import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { within } from '../remedies';
import { clusterRole } from '../roles';
import type { Example } from '../../subjects';

const LABEL = 'rbac.authorization.k8s.io/aggregate-to-';

const labelled = (labels: Readonly<Record<string, string>>) => ({
  ...clusterRole({ resources: ['configmaps'], verbs: ['get'] }),
  metadata: { name: 'extension', labels },
});

export default defineControl({
  id: 'built-in-role-extension',
  area: 'rbac',
  title: 'No role adds its rules to admin, edit or view',
  rationale:
    'Kubernetes copies the rules of such a role into a built-in one: everyone who has it gets more, and no binding says so.',
  severity: 'medium',
  remediation: 'Take the aggregate-to label away and bind the role to those who need it.',
  mappings: { recommendations: ['AUTH-3'], cis: [], attack: ['T1098.006'] },
  kinds: [KINDS.clusterRole],
  validations: [
    {
      expression: `!has(object.metadata.labels) || object.metadata.labels.all(key, !key.startsWith("${LABEL}") || object.metadata.labels[key] != "true")`,
      path: 'metadata.labels',
      message: 'The role adds its rules to a role that others have.',
    },
  ],
  remediate: within('metadata', (metadata) => {
    const labels = Object.entries((metadata.labels ?? {}) as Example).filter(
      ([key, value]) => !key.startsWith(LABEL) || value !== 'true',
    );
    return metadata.labels === undefined ? metadata : { ...metadata, labels: Object.fromEntries(labels) };
  }),
  risk: 'Those who have the built-in role lose what these rules allow.',
  examples: {
    good: [labelled({ app: 'shop' }), labelled({ [`${LABEL}view`]: 'false' })],
    bad: [labelled({ [`${LABEL}view`]: 'true' }), labelled({ app: 'shop', [`${LABEL}admin`]: 'true' })],
  },
});

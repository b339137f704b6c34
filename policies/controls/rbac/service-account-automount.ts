import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import type { Example } from '../../subjects';
import { valueOr } from '../fields';
import { setFields, where } from '../remedies';

const serviceAccount = (fields: object, name = 'app') => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: 'shop' },
  ...fields,
});

export default defineControl({
  id: 'service-account-automount',
  area: 'rbac',
  title: 'Service accounts give no token to pods that did not ask for one',
  rationale: 'A pod that says nothing about tokens gets one from its account.',
  severity: 'low',
  remediation: 'Set automountServiceAccountToken: false in the ServiceAccount.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.5', '5.1.6'], attack: ['T1528'] },
  kinds: [KINDS.serviceAccount],
  validations: [
    {
      // Kubernetes makes the account default of each namespace itself; pods that use it are judged by other controls.
      expression: `${valueOr('object.automountServiceAccountToken', 'true')} == false || (has(object.metadata.name) && object.metadata.name == "default")`,
      path: 'automountServiceAccountToken',
      message: 'Pods of the account get a token without asking.',
    },
  ],
  remediate: where(
    ({ metadata }) => (metadata as Example | undefined)?.name !== 'default',
    setFields({ automountServiceAccountToken: false }),
  ),
  risk: 'Pods of the account that call the API no longer can.',
  absence: 'ask',
  examples: {
    good: [serviceAccount({ automountServiceAccountToken: false }), serviceAccount({}, 'default')],
    bad: [serviceAccount({}), serviceAccount({ automountServiceAccountToken: true })],
  },
});

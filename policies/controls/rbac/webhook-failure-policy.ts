import { defineControl } from '../../control';
import { WEBHOOKS } from '../../elements';
import { apiVersionOf, KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { inList, replace } from '../remedies';

const configuration = (kind: 'validatingWebhook' | 'mutatingWebhook', failurePolicy?: string) => ({
  apiVersion: apiVersionOf(KINDS[kind]),
  kind: KINDS[kind].kind,
  metadata: { name: 'scanner' },
  webhooks: [
    {
      name: 'scan.images.example',
      clientConfig: { service: { name: 'scanner', namespace: 'scan' } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      ...(failurePolicy === undefined ? {} : { failurePolicy }),
    },
  ],
});

export default defineControl({
  id: 'webhook-failure-policy',
  area: 'rbac',
  title: 'A webhook that cannot be reached lets nothing through',
  rationale: 'With failurePolicy Ignore it is enough to stop the webhook, or to be slow, to get past it.',
  severity: 'medium',
  remediation: 'Set failurePolicy: Fail, and keep the webhook away from the namespaces of the system.',
  mappings: { recommendations: ['AUTH-3'], cis: [], attack: ['T1562.001'] },
  kinds: [KINDS.validatingWebhook, KINDS.mutatingWebhook],
  validations: [
    {
      forEach: WEBHOOKS,
      expression: `${valueOr('webhook.failurePolicy', '"Fail"')} == "Fail"`,
      path: 'failurePolicy',
      message: 'Requests pass where the webhook does not answer.',
      showsValue: true,
    },
  ],
  remediate: inList('webhooks', replace(['failurePolicy'], 'Ignore', 'Fail')),
  risk: 'Nothing can be changed while the webhook does not answer.',
  examples: {
    good: [configuration('validatingWebhook'), configuration('mutatingWebhook', 'Fail')],
    bad: [configuration('validatingWebhook', 'Ignore'), configuration('mutatingWebhook', 'Ignore')],
  },
});

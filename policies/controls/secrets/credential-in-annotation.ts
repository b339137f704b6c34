import { defineControl } from '../../control';
import { KINDS, POD_KINDS, type Kind } from '../../kinds';
import { areNoCredentials, EXAMPLE_TOKEN } from '../credentials';

/** Judged as objects, by their own annotations; those of the pods that they make are a matter of another control. */
const annotated = ({ kind, apiGroup, apiVersion, resource, namespaced }: Kind): Kind => ({
  ...{ kind, apiGroup, apiVersion, resource, namespaced },
  judged: ['metadata.annotations'],
});

const service = (annotations: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', annotations },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
});

export default defineControl({
  id: 'credential-in-annotation',
  area: 'secrets',
  title: 'No annotation of an object holds a credential',
  rationale:
    'Annotations are not encrypted at rest, and everyone who may see the object reads them; controllers copy them on.',
  severity: 'high',
  remediation: 'Put the value into a Secret, and its name into the annotation.',
  mappings: { recommendations: ['NET-6'], cis: [], attack: ['T1552.001', 'T1552.007'] },
  kinds: [
    ...[KINDS.namespace, KINDS.service, KINDS.serviceAccount, KINDS.configMap, KINDS.ingress],
    ...POD_KINDS.filter(({ pod }) => pod.length > 0),
  ].map(annotated),
  validations: [
    {
      expression: `!has(object.metadata.annotations) || ${areNoCredentials('object.metadata.annotations')}`,
      path: 'metadata.annotations',
      message: 'An annotation holds a password, a private key or a token.',
    },
  ],
  examples: {
    good: [
      service({ 'ingress.example/auth-secret': 'web', 'example/token': 'web-token' }),
      service({ 'kubectl.kubernetes.io/last-applied-configuration': EXAMPLE_TOKEN }),
    ],
    bad: [
      service({ 'example/admin-password': 'example' }),
      service({ 'example/note': `use ${EXAMPLE_TOKEN}` }),
    ],
  },
});

import { defineControl } from '../../control';
import { KINDS, POD_KINDS } from '../../kinds';
import { examplePod } from '../../example-pod';
import { wrapPod, type Example } from '../../subjects';
import { valueOr } from '../fields';
import { service } from '../services';

const DEPLOYMENT = POD_KINDS.find(({ kind }) => kind === 'Deployment')!;

const deployment = (namespace?: string): Example => {
  const wrapped = wrapPod(DEPLOYMENT, examplePod(), 'app', namespace);
  return namespace === undefined ? { ...wrapped, metadata: { name: 'app' } } : { ...wrapped };
};

const serviceIn = (namespace: string, name = 'web') => ({ ...service({}), metadata: { name, namespace } });

export default defineControl({
  id: 'default-namespace',
  area: 'workload',
  title: 'Nothing runs in the namespace default',
  rationale:
    'The namespace default is where everything lands that says nothing: no team owns it, and no policy was written for it.',
  severity: 'low',
  remediation: 'Put the object in a namespace of its own.',
  mappings: { recommendations: ['NET-5'], cis: ['5.6.1', '5.6.4'], attack: ['T1610'] },
  kinds: [...POD_KINDS, KINDS.service, KINDS.ingress],
  validations: [
    {
      // An object that names no namespace gets one from whoever applies it: the API server judges it then.
      expression: `${valueOr('object.metadata.namespace', '""')} != "default" || (object.kind == "Service" && object.metadata.name == "kubernetes")`,
      path: 'metadata.namespace',
      message: 'The object is in the namespace default.',
    },
  ],
  examples: {
    good: [deployment('shop'), deployment(), serviceIn('default', 'kubernetes')],
    bad: [deployment('default'), serviceIn('default')],
  },
});

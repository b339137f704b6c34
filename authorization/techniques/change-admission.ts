import { CLUSTER } from '../holder';
import { clusterWide, together } from '../permission';
import type { Step, Technique } from '../technique';

const GROUP = 'admissionregistration.k8s.io';
const WRITE = ['create', 'update', 'patch'];

/** Changes what others write, on its way into the cluster: their pods, and their role bindings. */
export const changeAdmission: Technique = {
  id: 'change-admission',
  title: 'changes what administrators write, by a webhook or a policy that mutates',
  source: 'T1556; CIS 5.1.12',
  steps: (grants) => {
    const write = (resource: string) => clusterWide(grants, { verbs: WRITE, group: GROUP, resource });
    const webhooks = write('mutatingwebhookconfigurations');
    const policies = together(write('mutatingadmissionpolicies'), write('mutatingadmissionpolicybindings'));
    return [...webhooks, ...policies].map(({ because }): Step => ({ to: CLUSTER, because }));
  },
};

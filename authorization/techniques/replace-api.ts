import { CLUSTER } from '../holder';
import { clusterWide, permissions, together } from '../permission';
import type { Step, Technique } from '../technique';

/** Answers for the API server: nodes run the pods that they are told of, and controllers write what they read. */
export const replaceApi: Technique = {
  id: 'replace-api',
  title: 'answers for an API of the cluster, to its nodes and controllers too',
  source: 'T1557; Kubernetes, Aggregation layer',
  steps: (grants) => {
    const verbs = ['create', 'update', 'patch'];
    const apis = clusterWide(grants, { verbs, group: 'apiregistration.k8s.io', resource: 'apiservices' });
    // A Service by an external name leads out of the cluster.
    const services = permissions(grants, { verbs, group: '', resource: 'services' });
    return together(apis, services).map(({ because }): Step => ({ to: CLUSTER, because }));
  },
};

import { NODE } from '../holder';
import { clusterWide, permissions, together } from '../permission';
import type { Step, Technique } from '../technique';
import { workloadRights } from './create-workload';

/** Makes a volume of the node's own files, which Pod Security does not see, and a pod that mounts it. */
export const persistentVolume: Technique = {
  id: 'persistent-volume',
  title: 'mounts the files of the node through a PersistentVolume',
  source: 'T1611; CIS 5.1.9',
  steps: (grants) => {
    const volumes = clusterWide(grants, { verbs: ['create'], group: '', resource: 'persistentvolumes' });
    const claims = permissions(grants, { verbs: ['create'], group: '', resource: 'persistentvolumeclaims' });
    return together(
      together(volumes, claims).map((one) => ({ ...one, names: [] })),
      workloadRights(grants),
    ).map(({ because }): Step => ({ to: NODE, because }));
  },
};

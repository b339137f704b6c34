import { NODE } from '../holder';
import { clusterWide, together } from '../permission';
import type { Step, Technique } from '../technique';
import { workloadRights } from './create-workload';

/**
 * Makes a volume of the node's own files, which Pod Security does not see, and a pod that mounts it. It needs no right to claims: a
 * controller makes the claim of an ephemeral volume of a pod.
 */
export const persistentVolume: Technique = {
  id: 'persistent-volume',
  title: 'mounts the files of the node through a PersistentVolume',
  source: 'T1611; CIS 5.1.9',
  steps: (grants) => {
    const volumes = clusterWide(grants, { verbs: ['create'], group: '', resource: 'persistentvolumes' });
    return together(volumes, workloadRights(grants)).map(({ because }): Step => ({ to: NODE, because }));
  },
};

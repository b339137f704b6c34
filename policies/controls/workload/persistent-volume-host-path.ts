import { defineControl } from '../../control';
import { KINDS } from '../../kinds';

const volume = (source: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, ...source },
});

export default defineControl({
  id: 'persistent-volume-host-path',
  area: 'workload',
  title: 'No persistent volume is a path of a node',
  rationale:
    'A pod that may not mount a path of its node mounts it through a claim instead, and Pod Security does not see it.',
  severity: 'high',
  remediation: 'Use a storage driver, or a local volume on a disk of its own.',
  mappings: { recommendations: ['POD-5'], cis: ['5.2.11'], attack: ['T1611'] },
  kinds: [KINDS.persistentVolume],
  validations: [
    {
      expression: '!has(object.spec.hostPath)',
      path: 'spec.hostPath',
      message: 'The volume is a path of the node on which its pod happens to run.',
    },
  ],
  examples: {
    good: [volume({ csi: { driver: 'disks.example', volumeHandle: 'disk-1' } })],
    bad: [volume({ hostPath: { path: '/srv/data' } })],
  },
});

import { defineControl, parameter } from '../../control';
import { KINDS } from '../../kinds';

const volume = (source: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, ...source },
});

/** The API server wants to know on which node the path is. */
const local = (path: string) =>
  volume({
    local: { path },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] }] },
        ],
      },
    },
  });

export default defineControl({
  id: 'persistent-volume-host-path',
  area: 'workload',
  title: 'No persistent volume is a path of a node',
  rationale:
    'A pod that may not mount a path of its node mounts it through a claim instead, and Pod Security does not see it.',
  severity: 'high',
  remediation: 'Use a storage driver, or a local volume on a disk of its own, mounted below /mnt.',
  mappings: { recommendations: ['POD-5'], cis: ['5.2.11'], attack: ['T1611'] },
  kinds: [KINDS.persistentVolume],
  parameters: {
    localPaths: parameter(
      'Where the local volumes may stand: the start of their paths, each with its last slash.',
      (z) => z.array(z.string().regex(/^\/(.*\/)?$/)),
      ['/mnt/', '/var/local/'],
    ),
  },
  validations: [
    {
      expression: '!has(object.spec.hostPath)',
      path: 'spec.hostPath',
      message: 'The volume is a path of the node on which its pod happens to run.',
    },
    {
      // Unlike a hostPath a local volume binds its pod to a node, and is what disks of a node are for; but any path will do.
      expression:
        '!has(object.spec.local) || (variables.localPaths.exists(p, object.spec.local.path.startsWith(p)) && !object.spec.local.path.contains(".."))',
      path: 'spec.local.path',
      message: 'The local volume is a path of its node outside of those that are for volumes.',
    },
  ],
  examples: {
    good: [volume({ csi: { driver: 'disks.example', volumeHandle: 'disk-1' } }), local('/mnt/disks/one')],
    bad: [
      volume({ hostPath: { path: '/srv/data' } }),
      local('/'),
      local('/etc/kubernetes'),
      local('/mnt/../var/lib/kubelet'),
    ],
  },
});

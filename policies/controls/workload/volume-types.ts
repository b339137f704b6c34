import { defineControl } from '../../control';
import { VOLUMES } from '../../elements';
import { podWithVolume } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { oneOf } from '../fields';

const TYPES = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image'],
  ...['persistentVolumeClaim', 'projected', 'secret'],
];

export default defineControl({
  id: 'volume-types',
  area: 'workload',
  title: 'Pods mount only volumes that the cluster manages',
  rationale:
    'Other volumes name a server, a disk or a driver of the node directly, past the claims and their access rules.',
  severity: 'medium',
  remediation: `Use one of ${TYPES.join(', ')}.`,
  mappings: {
    recommendations: ['POD-5'],
    cis: ['5.2.11'],
    pss: { level: 'restricted', check: 'restrictedvolumes' },
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  since: '1.0',
  validations: [
    {
      forEach: VOLUMES,
      // A volume that names no source becomes an emptyDir in the API server.
      expression: `volume.all(field, field in ${oneOf(['name', ...TYPES])})`,
      path: '',
      message: 'The volume is of a type that the cluster does not manage.',
    },
  ],
  examples: {
    good: [
      podWithVolume({ emptyDir: {} }),
      podWithVolume({ persistentVolumeClaim: { claimName: 'data' } }),
      podWithVolume({}),
    ],
    bad: [
      podWithVolume({ nfs: { server: 'files.example', path: '/' } }),
      podWithVolume({ gcePersistentDisk: { pdName: 'disk' } }),
    ],
  },
});

import { defineControl } from '../../control';
import { VOLUMES } from '../../elements';
import { podWithVolume } from '../../example-pod';
import { POD_KINDS } from '../../kinds';

export default defineControl({
  id: 'host-path',
  area: 'workload',
  title: 'Pods mount no path of their node',
  rationale:
    'The files of the node hold the credentials of the kubelet and of other pods, and what is written there runs as root of the node.',
  severity: 'critical',
  remediation:
    'Use a volume of the cluster (a persistentVolumeClaim, configMap, secret or emptyDir) instead.',
  mappings: {
    recommendations: ['POD-5'],
    cis: ['5.2.11'],
    pss: { level: 'baseline', check: 'hostpathvolumes' },
    attack: ['T1611', 'T1552.001'],
  },
  kinds: POD_KINDS,
  since: '1.0',
  validations: [
    {
      forEach: VOLUMES,
      expression: '!has(volume.hostPath)',
      path: 'hostPath',
      message: 'The pod mounts a path of its node.',
    },
  ],
  examples: {
    good: [podWithVolume({ emptyDir: {} }), podWithVolume({ configMap: { name: 'settings' } })],
    bad: [podWithVolume({ hostPath: { path: '/etc' } }), podWithVolume({ hostPath: { path: '/dev/null' } })],
  },
});

import { defineControl } from '../../control';
import { VOLUMES } from '../../elements';
import { podWithVolume } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { celLiteral } from '../../parameters';

/** The sockets themselves, and the folders above them. */
const SOCKETS =
  '(docker|dockershim|cri-dockerd|containerd|crio|podman|buildkitd|nri)[.]sock|^/*((var/)?run/*)?$|/(containerd|crio|podman)/*$';

export default defineControl({
  id: 'runtime-socket',
  area: 'workload',
  title: 'Pods do not reach the container runtime of their node',
  rationale:
    'Who speaks to the runtime starts any container on the node, unseen by the API server: it is root there.',
  severity: 'critical',
  remediation: 'Take the volume away; build images and read container data without the runtime of the node.',
  mappings: { recommendations: ['POD-5'], cis: ['5.2.11'], attack: ['T1610', 'T1611'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: VOLUMES,
      expression: `!has(volume.hostPath) || !volume.hostPath.path.matches(${celLiteral(SOCKETS)})`,
      path: 'hostPath.path',
      message: 'The volume holds the socket of the container runtime.',
    },
  ],
  examples: {
    good: [podWithVolume({ emptyDir: {} }), podWithVolume({ hostPath: { path: '/var/lib/data' } })],
    bad: [
      podWithVolume({ hostPath: { path: '/var/run/docker.sock' } }),
      podWithVolume({ hostPath: { path: '/run/containerd/containerd.sock' } }),
      podWithVolume({ hostPath: { path: '/run' } }),
      podWithVolume({ hostPath: { path: '/' } }),
    ],
  },
});

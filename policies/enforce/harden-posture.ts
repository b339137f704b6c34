import type { PostureSettings } from '../../model';
import type { Control } from '../control';
import { isOnWindows, within, setFields } from '../controls/remedies';
import type { Example } from '../subjects';

/** What a change answers to: a control, or a setting of the posture that no control demands. */
export type Cause = Pick<Control, 'id' | 'title' | 'risk'>;

interface PostureFill {
  readonly cause: Cause;
  /** The pod's `spec` with what the posture names and the pod does not; the same object where there is nothing to add. */
  readonly fill: (pod: Example, posture: PostureSettings) => Example;
}

const inSecurityContext =
  (field: string, wanted: (posture: PostureSettings) => unknown): PostureFill['fill'] =>
  (pod, posture) => {
    const value = wanted(posture);
    const known = (pod.securityContext as Example | undefined)?.[field];
    return value === undefined || known !== undefined
      ? pod
      : within('securityContext', setFields({ [field]: value }))(pod);
  };

/** The settings of a posture that pods get which say nothing of them. */
const POSTURE_FILLS: readonly PostureFill[] = [
  {
    cause: {
      id: 'posture.appArmor',
      title: 'The posture names an AppArmor profile',
      risk: 'A node without AppArmor refuses the pod.',
    },
    fill: inSecurityContext('appArmorProfile', ({ appArmor }) =>
      appArmor === 'node' ? undefined : { type: appArmor },
    ),
  },
  {
    cause: {
      id: 'posture.seLinux',
      title: 'The posture names SELinux labels',
      risk: 'The program may need files that only another label may open.',
    },
    fill: inSecurityContext('seLinuxOptions', ({ seLinux }) =>
      Object.keys(seLinux).length === 0 ? undefined : seLinux,
    ),
  },
  {
    cause: {
      id: 'posture.userNamespaces',
      title: 'The posture gives pods users of their own',
      risk: 'A node without idmapped mounts does not start the pod.',
    },
    fill: (pod, { userNamespaces }) =>
      userNamespaces && pod.hostUsers === undefined ? { ...pod, hostUsers: false } : pod,
  },
];

/** The fills that change a pod, each with the pod as it is then; none for Windows, which knows nothing of them. */
export function postureFills(
  pod: Example,
  posture: PostureSettings,
): readonly { readonly cause: Cause; readonly pod: Example }[] {
  if (isOnWindows(pod)) return [];
  const filled: { cause: Cause; pod: Example }[] = [];
  let current = pod;
  for (const { cause, fill } of POSTURE_FILLS) {
    const next = fill(current, posture);
    if (next !== current) filled.push({ cause, pod: next });
    current = next;
  }
  return filled;
}

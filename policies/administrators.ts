import { BREAK_GLASS_GROUP } from '../constructs/access/break-glass';
import { ADMINISTRATORS_GROUP } from '../constructs/control-plane/certificates';

/** The groups that are administrators by design: those that Kubernetes, kubeadm and keelson make themselves. */
export const ADMINISTRATOR_GROUPS: readonly string[] = [
  'system:masters',
  'kubeadm:cluster-admins',
  ADMINISTRATORS_GROUP,
  BREAK_GLASS_GROUP,
];

import {
  controlPlanePki,
  leaf,
  type ControlPlanePkiProps,
  type PkiSpec,
} from '../control-plane/certificates';

/** The name by which etcd knows kubeadm, which adds members and asks for their health. Source: NET-3. */
export const ETCD_KUBEADM_NAME = 'kubeadm.etcd.keelson';

/**
 * The certificates of one control plane machine, under the names that kubeadm looks for, so that it takes them as they are. The
 * kubeconfigs are kubeadm's: it makes them on the machine, from the authority that is there.
 */
export function machinePki(props: ControlPlanePkiProps): PkiSpec {
  const pki = controlPlanePki(props);
  return {
    ...pki,
    leaves: [
      ...pki.leaves,
      leaf('etcd/healthcheck-client', 'etcd/ca', 'kube-etcd-healthcheck-client', ['client'], {
        names: [ETCD_KUBEADM_NAME],
      }),
    ],
    kubeconfigs: [],
  };
}

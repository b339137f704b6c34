import { clusterWide, covers } from '../permission';
import type { Step, Technique } from '../technique';

const GROUP = 'certificates.k8s.io';
const SIGNERS = ['kubernetes.io/kube-apiserver-client'];

/** Asks for a client certificate, and approves it itself. */
export const signCertificate: Technique = {
  id: 'sign-certificate',
  title: 'approves a client certificate for whatever name it likes',
  source: 'T1098.006; CIS 5.1.11',
  steps: (grants) => {
    const everywhere = (verbs: readonly string[], resource: string, subresource?: string) =>
      clusterWide(grants, { verbs, group: GROUP, resource, subresource });
    const [asked] = everywhere(['create'], 'certificatesigningrequests');
    const [approved] = everywhere(['update', 'patch'], 'certificatesigningrequests', 'approval');
    // A signer is named by itself, or all of its domain are.
    const [signer] = everywhere(['approve'], 'signers').filter((one) =>
      [...SIGNERS, 'kubernetes.io/*'].some((name) => covers(one, name)),
    );
    if (asked === undefined || approved === undefined || signer === undefined) return [];
    const reasons = [...new Set([asked, approved, signer].map(({ because }) => because))];
    return [{ to: { kind: 'Anybody', name: '' }, because: reasons.join(' and ') } satisfies Step];
  },
};

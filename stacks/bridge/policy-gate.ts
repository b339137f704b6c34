import type { RenderedApp } from '../../constructs';
import { isAdmissionPolicy } from '../../constructs/render/order';
import { ApiClient } from '../../probes/client/api-client';
import type { ClusterAccess } from '../../probes/client/kubeconfig';
import { waitForPolicies } from '../../probes/policies-in-force';

/**
 * What lets workloads wait until a cluster really enforces the admission policies of their app: for `policiesInForce` of a
 * {@link KubernetesApp}.
 *
 * @param access how the API is reached, once it is there
 * @param digest of the policies, as `AdmissionPolicies` has it
 */
export function policyGate(
  access: () => ClusterAccess | Promise<ClusterAccess>,
  digest: string,
): (app: RenderedApp) => Promise<void> {
  return async ({ objects }) => {
    const client = new ApiClient(await access());
    try {
      await waitForPolicies(
        client,
        digest,
        objects.map(({ manifest }) => manifest).filter(isAdmissionPolicy),
      );
    } finally {
      client.close();
    }
  };
}

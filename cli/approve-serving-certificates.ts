import { ApiClient } from '../probes/client/api-client';
import { readKubeconfig } from '../probes/client/kubeconfig';
import { approveServingCertificates } from './approver/approver';
import { readMachines } from './approver/machines';

/** The options of `keelson approve-serving-certificates`, as commander has them. */
export interface ApproveServingCertificatesFlags {
  readonly kubeconfig: string;
  readonly machines: string;
}

/** Runs the approver until the signal ends it; prints one line for each decision. */
export async function approveServingCertificatesCommand(
  flags: ApproveServingCertificatesFlags,
  signal: AbortSignal,
): Promise<void> {
  const machines = readMachines(flags.machines);
  const api = new ApiClient(readKubeconfig(flags.kubeconfig));
  try {
    console.log(`Watching for what the kubelets of ${machines.length} machines ask to serve with.`);
    await approveServingCertificates({ api, machines, signal, report: (line) => console.log(line) });
  } finally {
    api.close();
  }
}

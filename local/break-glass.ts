import { resolve } from 'node:path';
import {
  breakGlassIdentity,
  certificateFile,
  keyFile,
  kubeconfigFile,
  type BreakGlassProps,
} from '../constructs/control-plane';
import { KeelsonError } from '../model';
import { issueLeaf, kubeconfigText, publicKeyOf, readIfThere, writeFileAtomic } from '../pki';
import { LOOPBACK, localLayout } from './layout';
import { readState } from './state';

/** What was written for somebody who breaks the glass. */
export interface BreakGlassAccess {
  /** Path of the kubeconfig; mode 0600. */
  readonly kubeconfig: string;
  /** When the certificate ends. Nothing ends it earlier but a new authority of the cluster. */
  readonly expires: Date;
}

/**
 * Issues a break-glass certificate with the cluster's own authority, and writes its kubeconfig (mode 0600) into the state folder.
 * It needs no API server: only who may read the authority's key can do this.
 * @throws KeelsonError `construct/invalid` for a wrong name or lifetime, `cli/state` where the folder holds no control plane
 */
export async function breakGlass(folder: string, props: BreakGlassProps): Promise<BreakGlassAccess> {
  const identity = breakGlassIdentity(props);
  const stateDir = resolve(folder);
  const state = await readState(stateDir);
  const layout = state && localLayout(stateDir, state.ports);
  const privateKey = layout && (await readIfThere(keyFile(layout, identity.authority)));
  const certificate = layout && (await readIfThere(certificateFile(layout, identity.authority)));
  if (layout === undefined || privateKey === undefined || certificate === undefined) {
    throw new KeelsonError({
      code: 'cli/state',
      where: stateDir,
      message: 'There is no control plane with the key of its authority.',
      fix: 'Name the state folder of one, with --state-dir.',
    });
  }
  const authority = { privateKey, publicKey: publicKeyOf(privateKey), certificate };
  const now = new Date();
  const server = `https://${LOOPBACK}:${layout.ports.apiServer}`;
  const name = `break-glass-${props.person.toLowerCase().replace(/[^a-z0-9-]/g, '-')}`;
  const text = kubeconfigText(
    { name, server, identity },
    await issueLeaf(identity, authority, now),
    authority,
  );
  const path = kubeconfigFile(layout, name);
  await writeFileAtomic(path, text);
  return { kubeconfig: path, expires: new Date(now.getTime() + identity.lifetimeDays * 86_400_000) };
}

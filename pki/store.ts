import {
  certificateFile,
  keyFile,
  kubeconfigFile,
  publicKeyFile,
  type ControlPlaneLayout,
  type PkiSpec,
} from '../constructs/control-plane';
import { readIfThere, writeFileAtomic } from './files';
import { generatePki, type GeneratedPki, type Pki } from './generate';
import { publicKeyOf, type KeyPair } from './key-pair';
import { identityOf, kubeconfigText } from './kubeconfig';

/** What of a specification is on disk and can be read. */
export async function readPki(layout: ControlPlaneLayout, spec: PkiSpec): Promise<Pki> {
  const pki = new Map<string, KeyPair>();
  for (const { name } of [...spec.authorities, ...spec.leaves]) {
    const certificate = await readIfThere(certificateFile(layout, name));
    const pair = asPair(await readIfThere(keyFile(layout, name)), certificate);
    if (pair !== undefined && certificate !== undefined) pki.set(name, pair);
  }
  for (const name of spec.signingKeys) {
    const pair = asPair(await readIfThere(keyFile(layout, name)));
    if (pair !== undefined) pki.set(name, pair);
  }
  for (const { name, identity } of spec.kubeconfigs) {
    const pair = identityOf((await readIfThere(kubeconfigFile(layout, name))) ?? '');
    if (pair !== undefined) pki.set(identity.name, pair);
  }
  return pki;
}

function asPair(privateKey: string | undefined, certificate?: string): KeyPair | undefined {
  if (privateKey === undefined) return undefined;
  try {
    return {
      privateKey,
      publicKey: publicKeyOf(privateKey),
      ...(certificate === undefined ? {} : { certificate }),
    };
  } catch {
    // A damaged key is made anew.
    return undefined;
  }
}

/**
 * Writes keys (mode 0600), certificates and kubeconfigs (mode 0600) where the layout has them; folders are 0700. Only the
 * names given are written, and every kubeconfig, because the server's address stands in it. Source: CIS 1.1.13 to 1.1.21.
 */
export async function writePki(
  layout: ControlPlaneLayout,
  spec: PkiSpec,
  pki: Pki,
  names: readonly string[],
): Promise<void> {
  const wanted = new Set(names);
  for (const { name } of [...spec.authorities, ...spec.leaves]) {
    const pair = pki.get(name);
    if (pair?.certificate === undefined || !wanted.has(name)) continue;
    await writeFileAtomic(keyFile(layout, name), pair.privateKey);
    await writeFileAtomic(certificateFile(layout, name), pair.certificate, 0o644);
  }
  for (const name of spec.signingKeys) {
    const pair = pki.get(name);
    if (pair === undefined || !wanted.has(name)) continue;
    await writeFileAtomic(keyFile(layout, name), pair.privateKey);
    await writeFileAtomic(publicKeyFile(layout, name), pair.publicKey, 0o644);
  }
  for (const kubeconfig of spec.kubeconfigs) {
    const identity = pki.get(kubeconfig.identity.name);
    const authority = pki.get(kubeconfig.identity.authority);
    if (identity === undefined || authority === undefined) continue;
    await writeFileAtomic(
      kubeconfigFile(layout, kubeconfig.name),
      kubeconfigText(kubeconfig, identity, authority),
    );
  }
}

/** Reads what is there, makes what is missing or due, writes what changed. */
export async function ensurePki(layout: ControlPlaneLayout, spec: PkiSpec, now: Date): Promise<GeneratedPki> {
  const generated = await generatePki(spec, { now, existing: await readPki(layout, spec) });
  await writePki(layout, spec, generated.pki, generated.renewed);
  return generated;
}

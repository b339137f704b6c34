import type { PkiSpec } from '../control-plane/certificates';
import { certificateFile, keyFile, publicKeyFile, type ControlPlaneLayout } from '../control-plane/layout';
import type { NodeFile } from '../node/file-tree';
import { SecretReference } from '../secrets/secret-reference';

/** Options of {@link pkiFiles}. */
export interface PkiFilesOptions {
  readonly layout: ControlPlaneLayout;
  readonly pki: PkiSpec;
  /** Names what is the same on every machine: authorities and signing keys. */
  readonly cluster: string;
  /** Names what only this machine has. */
  readonly machine: string;
  /** Whom the files belong to: the user that reads them. */
  readonly owner: string;
  /** The authorities whose key is on the machine. */
  readonly keysOf: (authority: string) => boolean;
}

/**
 * Keys and certificates of a machine as references: what provisions it fills them in, and nothing that is written for review ever
 * holds one. Source: NET-6, CIS 1.1.19 to 1.1.21.
 */
export function pkiFiles({
  layout,
  pki,
  cluster,
  machine,
  owner,
  keysOf,
}: PkiFilesOptions): readonly NodeFile[] {
  const reference = (path: string, id: string, cis: string): NodeFile => ({
    kind: 'file',
    path,
    owner,
    group: owner,
    mode: 0o600,
    recommendation: 'NET-4',
    // What the benchmark asks of the folder of kubeadm.
    ...(owner === 'root' ? { cis: ['1.1.19', cis] } : {}),
    content: new SecretReference(id),
  });
  const certificate = (name: string, of: string): NodeFile =>
    reference(certificateFile(layout, name), `${of}/${name}.crt`, '1.1.20');
  const key = (name: string, of: string): NodeFile =>
    reference(keyFile(layout, name), `${of}/${name}.key`, '1.1.21');
  return [
    ...pki.authorities.flatMap(({ name }) => [
      certificate(name, cluster),
      ...(keysOf(name) ? [key(name, cluster)] : []),
    ]),
    ...pki.leaves.flatMap(({ name }) => [certificate(name, machine), key(name, machine)]),
    ...pki.signingKeys.flatMap((name) => [
      key(name, cluster),
      reference(publicKeyFile(layout, name), `${cluster}/${name}.pub`, '1.1.20'),
    ]),
  ];
}

import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { encryptionConfiguration, fillSecrets } from '../constructs/control-plane';
import { readIfThere, writeFileAtomic } from '../pki';
import type { KeyRing } from './encryption-keys';
import { localLayout } from './layout';
import { readState } from './state';

/**
 * Writes the API server's EncryptionConfiguration for the keys that count now, unless it is that already. The API server of the state folder
 * takes it by itself within a minute.
 *
 * @returns the hash by which the API server's metrics name it
 */
export async function writeEncryptionFile(stateDir: string, ring: KeyRing): Promise<string> {
  const state = await readState(stateDir);
  if (state === undefined) throw new TypeError(`There is no control plane in ${stateDir}.`);
  const path = `${localLayout(stateDir, state.ports).configuration}/encryption.yaml`;
  const text = stringify(fillSecrets(encryptionConfiguration(ring.keys), (id) => ring.value(id)));
  if ((await readIfThere(path)) !== text) await writeFileAtomic(path, text);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

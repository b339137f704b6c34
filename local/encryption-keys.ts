import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SecretReference, type EncryptionKey } from '../constructs/control-plane';
import { KeelsonError } from '../model';
import { readIfThere, writeFileAtomic } from '../pki';
import { encryptionKeysFile } from './layout';

const KEYS = z.object({
  keys: z.array(z.object({ name: z.string(), secret: z.base64() })).min(1),
});

/** The keys for encryption at rest: as the constructs know them, and their values. */
export interface EncryptionKeys {
  readonly keys: readonly EncryptionKey[];
  /** The value of a reference. Secret. */
  readonly value: (id: string) => string;
  /** All values, to keep them out of messages. Secret. */
  readonly values: readonly string[];
}

/**
 * The keys of a state folder; where there are none yet, one is made (32 random bytes, mode 0600). Its random name stays
 * with it for good. Source: NET-7.
 * @param fresh whether nothing was encrypted yet; else a missing file is an error, for a new key could read nothing
 * @throws KeelsonError `cli/state` when the keys are missing or cannot be read
 */
export async function ensureEncryptionKeys(stateDir: string, fresh: boolean): Promise<EncryptionKeys> {
  const path = encryptionKeysFile(stateDir);
  let text = await readIfThere(path);
  if (text === undefined && fresh) {
    const key = {
      name: `key-${randomBytes(4).toString('hex')}`,
      secret: randomBytes(32).toString('base64'),
    };
    text = JSON.stringify({ keys: [key] });
    await writeFileAtomic(path, text);
  }
  const { keys } = parseKeys(path, text);
  const values = new Map(keys.map(({ name, secret }) => [`encryption/${name}`, secret]));
  return {
    keys: keys.map(({ name }) => ({ name, secret: new SecretReference(`encryption/${name}`) })),
    value: (id) => {
      const value = values.get(id);
      if (value === undefined) throw new TypeError(`There is no secret ${id}.`);
      return value;
    },
    values: [...values.values()],
  };
}

function parseKeys(path: string, text: string | undefined): z.infer<typeof KEYS> {
  try {
    return KEYS.parse(JSON.parse(text ?? ''));
  } catch {
    // The cause is left out: a parser's message may quote the file.
    throw new KeelsonError({
      code: 'cli/state',
      where: path,
      message: 'The keys that the Secrets in etcd are encrypted with are missing or damaged.',
      fix: 'Restore the file, or remove the control plane with its data and start again.',
    });
  }
}

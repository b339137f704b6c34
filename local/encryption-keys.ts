import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  beginRotation,
  encryptionProblems,
  KEY_BYTES,
  keyValueProblems,
  ROTATION_PHASES,
  rotationKeys,
  SecretReference,
  type CryptographyName,
  type EncryptionKey,
  type EncryptionMethod,
  type KeyRotation,
} from '../constructs/control-plane';
import { KeelsonError, throwIfAny } from '../model';
import { readIfThere, writeFileAtomic } from '../pki';
import { encryptionKeysFile } from './layout';

const TYPED = z.discriminatedUnion('method', [
  z.object({ method: z.literal('secretbox'), name: z.string(), secret: z.string() }),
  z.object({ method: z.literal('aesgcm'), name: z.string(), secret: z.string(), madeOn: z.string() }),
  z.object({
    method: z.literal('kms'),
    name: z.string(),
    socket: z.string(),
    timeoutSeconds: z.number().optional(),
  }),
]);

/** What has no method is of the time when there was but one. */
const ENTRY = z.preprocess(
  (entry) => (typeof entry === 'object' && entry !== null ? { method: 'secretbox', ...entry } : entry),
  TYPED,
);

const FILE = z.object({
  keys: z.array(ENTRY).min(1),
  rotation: z.object({ next: ENTRY, phase: z.enum(ROTATION_PHASES) }).optional(),
});

type Entry = z.infer<typeof ENTRY>;

/** A plugin that keeps the keys. */
export type KmsPlugin = Pick<Extract<EncryptionKey, { method: 'kms' }>, 'name' | 'socket' | 'timeoutSeconds'>;

/** How a first key, or the next one, is made. */
export interface NewKey {
  readonly method: Exclude<EncryptionMethod, 'kms'>;
  /**
   * A plugin that keeps the keys, in place of a key of our own.
   * @default - none: a key is made
   */
  readonly kms?: KmsPlugin;
}

/** The keys of a state folder with their values, and how far a rotation is. What is saved is written whole, mode 0600. */
export class KeyRing {
  private constructor(
    private readonly path: string,
    private text: string | undefined,
    private file: z.infer<typeof FILE>,
  ) {}

  /**
   * The keys of a state folder; where there are none yet, one is made (32 random bytes). Its random name stays with it for good.
   * Source: NET-7.
   * @param first how the first key is made; undefined where something was encrypted already: a new key could read nothing
   * @throws KeelsonError `cli/state` when the keys are missing or cannot be read, or one is none
   */
  public static async open(stateDir: string, first?: NewKey): Promise<KeyRing> {
    const path = encryptionKeysFile(stateDir);
    let text = await readIfThere(path);
    if (text === undefined && first !== undefined) {
      text = JSON.stringify({ keys: [newEntry(first)] });
      await writeFileAtomic(path, text);
    }
    return new KeyRing(path, text, parseFile(path, text));
  }

  /** The keys that count now, the one that writes first. */
  public get keys(): readonly EncryptionKey[] {
    const { rotation } = this;
    return rotation === undefined ? this.file.keys.map(keyOf) : rotationKeys(rotation);
  }

  /** The rotation that is under way. */
  public get rotation(): KeyRotation | undefined {
    const { keys, rotation } = this.file;
    return rotation && { before: keys.map(keyOf), next: keyOf(rotation.next), phase: rotation.phase };
  }

  /** All values, to keep them out of messages. Secret. */
  public get values(): readonly string[] {
    return this.entries.flatMap((entry) => (entry.method === 'kms' ? [] : [entry.secret]));
  }

  /** The value of a reference. Secret. */
  public value(id: string): string {
    const entry = this.entries.find(({ name }) => referenceId(name) === id);
    if (entry === undefined || entry.method === 'kms') throw new TypeError(`There is no secret ${id}.`);
    return entry.secret;
  }

  /**
   * Begins a rotation to a new key; where one is under way already, that one goes on.
   * @throws KeelsonError `construct/invalid` where the profile does not approve of the new key, or its plugin cannot be one
   */
  public async begin(next: NewKey, cryptography: CryptographyName = 'modern'): Promise<KeyRotation> {
    const { rotation } = this;
    if (rotation !== undefined) return rotation;
    const entry = newEntry(next);
    throwIfAny(encryptionProblems({ keys: [keyOf(entry)] }, cryptography));
    const begun = beginRotation(this.keys, keyOf(entry));
    await this.save({ keys: this.file.keys, rotation: { next: entry, phase: begun.phase } });
    return begun;
  }

  /** Notes that a rotation reached a phase. */
  public async reach({ phase }: KeyRotation): Promise<void> {
    const { keys, rotation } = this.file;
    if (rotation !== undefined) await this.save({ keys, rotation: { ...rotation, phase } });
  }

  /** Ends a rotation: of all keys only the new one is kept. */
  public async finish(): Promise<void> {
    const { rotation } = this.file;
    if (rotation !== undefined) await this.save({ keys: [rotation.next] });
  }

  private get entries(): readonly Entry[] {
    const { keys, rotation } = this.file;
    return rotation === undefined ? keys : [...keys, rotation.next];
  }

  private async save(file: z.infer<typeof FILE>): Promise<void> {
    // A run whose lock was taken away while it slept must not write keys of before over those that write now.
    if ((await readIfThere(this.path)) !== this.text) throw changedMeanwhile(this.path);
    const text = JSON.stringify(file);
    await writeFileAtomic(this.path, text);
    this.text = text;
    this.file = file;
  }
}

function changedMeanwhile(path: string): KeelsonError {
  return new KeelsonError({
    code: 'cli/state',
    where: path,
    message: 'Another run changed the keys meanwhile.',
    fix: 'Run this again: it goes on from what is there now.',
  });
}

function referenceId(name: string): string {
  return `encryption/${name}`;
}

function keyOf(entry: Entry): EncryptionKey {
  if (entry.method === 'kms') return entry;
  return { ...entry, secret: new SecretReference(referenceId(entry.name)) };
}

function newEntry({ method, kms }: NewKey): Entry {
  if (kms !== undefined) return { method: 'kms', ...kms };
  const name = `key-${randomBytes(4).toString('hex')}`;
  const secret = randomBytes(KEY_BYTES).toString('base64');
  if (method === 'secretbox') return { method, name, secret };
  return { method, name, secret, madeOn: new Date().toISOString().slice(0, 10) };
}

function parseFile(path: string, text: string | undefined): z.infer<typeof FILE> {
  let file: z.infer<typeof FILE>;
  try {
    file = FILE.parse(JSON.parse(text ?? ''));
  } catch {
    // The cause is left out: a parser's message may quote the file.
    throw new KeelsonError({
      code: 'cli/state',
      where: path,
      message: 'The keys that the Secrets in etcd are encrypted with are missing or damaged.',
      fix: 'Restore the file, or remove the control plane with its data and start again.',
    });
  }
  const entries = file.rotation === undefined ? file.keys : [...file.keys, file.rotation.next];
  throwIfAny(
    entries.flatMap((entry) =>
      entry.method === 'kms' ? [] : keyValueProblems(`${path}, key ${entry.name}`, entry.secret),
    ),
  );
  return file;
}

import { setTimeout as sleep } from 'node:timers/promises';
import {
  encryptedResources,
  methodOf,
  nextPhase,
  storedPrefix,
  type EncryptionKey,
  type KeyRotation,
} from '../constructs/control-plane';
import {
  KeyRing,
  localControlPlane,
  withLock,
  writeEncryptionFile,
  type LocalControlPlane,
  type NewKey,
} from '../local';
import { KeelsonError } from '../model';
import { ApiClient, EtcdClient, readKubeconfig, rewriteAll } from '../probes';

/** Options of {@link rotateEncryptionKey}. */
export interface RotationOptions {
  /** State folder of the control plane. */
  readonly controlPlane: string;
  /** Is told what happens, a line at a time. */
  readonly progress: (line: string) => void;
  /**
   * Interrupts it: the next call goes on.
   * @default - it cannot be interrupted
   */
  readonly signal?: AbortSignal;
  /**
   * What the new key is.
   * @default - one of the same method as the one that writes now; a plugin rotates its own keys
   */
  readonly next?: NewKey;
}

/** How long the API server may take to use a new configuration, in ms; it looks once a minute. */
const RELOAD_TIMEOUT = 180_000;

/** How often everything is written again at most: what is created meanwhile is under the new key already. */
const PASSES = 3;

/** The collections of what the embedded control plane encrypts, and where etcd has them. */
const STORED = encryptedResources().map((resource) => ({
  collection: `/api/v1/${resource}`,
  prefix: `/registry/${resource}/`,
}));

/**
 * Rotates the key for encryption at rest of the embedded control plane, through all phases. Every phase can be interrupted at any
 * point: the keys and the phase are in one file, and a phase that is done again does no harm. Source: NET-7.
 *
 * @throws KeelsonError `cli/state` where no control plane runs, `local/rotation` where it cannot go on
 */
export async function rotateEncryptionKey(options: RotationOptions): Promise<void> {
  const { controlPlane, progress, signal } = options;
  await withLock(controlPlane, () => rotateLocked(options), {
    signal,
    onWait: () => progress('waiting for another run on the same state folder'),
  });
}

async function rotateLocked({
  controlPlane: folder,
  progress,
  signal,
  next,
}: RotationOptions): Promise<void> {
  const plane = await localControlPlane(folder);
  if (plane === undefined) {
    throw new KeelsonError({
      code: 'cli/state',
      where: folder,
      message: 'No control plane runs there.',
      fix: 'Start it with `keelson up`, or name its state folder with --state-dir.',
    });
  }
  const ring = await KeyRing.open(folder);
  refuseOtherMethod(ring.rotation, next);
  const begun = ring.rotation ?? (await ring.begin(next ?? sameAs(ring.keys[0]!), plane.cryptography));
  const work = new Rotation(plane, ring, progress, signal);
  try {
    await work.run(begun);
  } finally {
    work.close();
  }
}

/** A rotation goes on to the key with which it began: one of another method is for the next rotation. */
export function refuseOtherMethod(underWay: KeyRotation | undefined, next: NewKey | undefined): void {
  if (underWay === undefined || next === undefined) return;
  const method = methodOf(underWay.next);
  const asked = next.kms === undefined ? next.method : 'kms';
  if (asked === method) return;
  throw stuck(
    `A rotation to ${method} is under way, and ${asked} was asked for.`,
    'Finish it without --method first, then rotate again with it.',
  );
}

/** A new key like the one that writes now. That of a plugin is the plugin's to make: nothing is taken out of a KMS by a default. */
function sameAs(writer: EncryptionKey): NewKey {
  const method = methodOf(writer);
  if (method !== 'kms') return { method };
  throw stuck(
    `The plugin '${writer.name}' keeps the keys, and rotates them itself.`,
    'Rotate its key there. To encrypt with a key of our own in its place, name a method with --method.',
  );
}

/** One run through what is left of a rotation. */
class Rotation {
  private readonly api: ApiClient;
  private readonly etcd: EtcdClient;

  public constructor(
    private readonly plane: LocalControlPlane,
    private readonly ring: KeyRing,
    private readonly progress: (line: string) => void,
    private readonly signal?: AbortSignal,
  ) {
    this.api = new ApiClient(readKubeconfig(plane.kubeconfig));
    this.etcd = new EtcdClient(plane.etcd);
  }

  public close(): void {
    this.api.close();
    this.etcd.close();
  }

  public async run(begun: KeyRotation): Promise<void> {
    for (let now: KeyRotation | undefined = begun; now !== undefined; now = nextPhase(now)) {
      this.signal?.throwIfAborted();
      await this.ring.reach(now);
      this.progress(TOLD[now.phase]);
      if (now.phase === 'rewrite') await this.rewrite(now);
      else await this.useKeys();
    }
    this.progress('forgetting what was stored under the old keys');
    await this.etcd.forgetHistory();
    await this.ring.finish();
  }

  /** Hands the keys of this phase to the API server, and waits until it uses them. */
  private async useKeys(): Promise<void> {
    const hash = await writeEncryptionFile(this.plane.stateDir, this.ring);
    for (const end = Date.now() + RELOAD_TIMEOUT; Date.now() < end;) {
      this.signal?.throwIfAborted();
      const { body } = await this.api.send({ path: '/metrics' });
      const used = /^apiserver_encryption_config_controller_last_config_info\{[^}]*\bhash="([^"]+)"/m.exec(
        body,
      );
      if (used?.[1] === hash) return;
      await sleep(1_000, undefined, { signal: this.signal });
    }
    throw stuck(
      'The API server did not take the new keys.',
      `Look at its log in ${this.plane.stateDir}/log, then run this again.`,
    );
  }

  /** Writes everything again until nothing is under an old key. */
  private async rewrite({ next }: KeyRotation): Promise<void> {
    let left = 0;
    for (let pass = 1; pass <= PASSES; pass += 1) {
      for (const { collection } of STORED) {
        const count = await rewriteAll(this.api, collection, this.signal);
        this.progress(`${count} of ${collection} written again`);
      }
      left = await this.countOthers(storedPrefix(next));
      if (left === 0) return;
    }
    throw stuck(
      `${left} values are still stored under another key.`,
      'Find out who keeps them from being written (an admission webhook?), then run this again.',
    );
  }

  /** How many values are stored that do not start as those of the new key do. */
  private async countOthers(wanted: string): Promise<number> {
    let others = 0;
    for (const { prefix } of STORED)
      for await (const page of this.etcd.valuesBelow(prefix)) {
        this.signal?.throwIfAborted();
        others += page.filter(
          ({ value }) => !value.subarray(0, wanted.length).equals(Buffer.from(wanted)),
        ).length;
      }
    return others;
  }
}

const TOLD: Readonly<Record<KeyRotation['phase'], string>> = {
  add: 'adding the new key; the API server takes it within a minute',
  promote: 'making it the key that writes; within a minute',
  rewrite: 'writing every object again',
  drop: 'dropping the old keys; within a minute',
};

function stuck(message: string, fix: string): KeelsonError {
  return new KeelsonError({ code: 'local/rotation', where: 'encryption at rest', message, fix });
}

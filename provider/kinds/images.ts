import { z } from 'zod';
import type { Machine } from '../machine/machine';
import { quoted } from '../ssh/quote';
import type { Kind } from './kind';

/** An image with its tag, as who runs it names it. */
const REFERENCE = /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)+:[\w.-]+$/;

const schema = z.record(
  z.string().regex(REFERENCE, 'must be an image like registry/name:tag'),
  z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a digest like sha256:…'),
);

/** The names of containerd's own namespace for the kubelet. */
const CTR = 'ctr --namespace k8s.io';

/**
 * Images that a machine has before something runs them, by name and tag, each of exactly one digest: what asks for the tag gets what was
 * reviewed, whatever a registry says by then.
 */
export const images: Kind<z.infer<typeof schema>> = {
  schema,

  apply: async (given, { machine, progress }, before = {}) => {
    const gone = Object.keys(before).filter((name) => REFERENCE.test(name) && !(name in given));
    if (gone.length > 0) await removeImages(machine, gone);
    const now = await imagesOf(machine);
    for (const [name, digest] of Object.entries(given)) {
      if (now.get(name) === digest) continue;
      progress(name);
      const pinned = `${name.replace(/:[\w.-]+$/, '')}@${digest}`;
      await machine.run(
        `pulling ${name}`,
        `${CTR} images pull --hosts-dir /etc/containerd/certs.d ${quoted(pinned)} >/dev/null && ${CTR} images tag --force ${quoted(pinned)} ${quoted(name)} >/dev/null`,
        { timeoutMs: 600_000 },
      );
    }
    return {};
  },

  read: async (kept, { machine }) => {
    const now = await imagesOf(machine);
    const names = Object.keys(kept).filter((name) => REFERENCE.test(name));
    const found = names.flatMap((name) => (now.has(name) ? [[name, now.get(name)!] as const] : []));
    return found.length === 0 ? undefined : Object.fromEntries(found);
  },

  remove: async (kept, { machine }) => {
    await removeImages(
      machine,
      Object.keys(kept).filter((name) => REFERENCE.test(name)),
    );
  },
};

async function imagesOf(machine: Machine): Promise<ReadonlyMap<string, string>> {
  const out = await machine.run('listing images', `${CTR} images ls`);
  return new Map(
    out
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [name, , digest] = line.split(/\s+/);
        return name === undefined || digest === undefined ? [] : [[name, digest] as const];
      }),
  );
}

async function removeImages(machine: Machine, names: readonly string[]): Promise<void> {
  await machine.run(
    'removing images',
    `${CTR} images rm ${names.map(quoted).join(' ')} >/dev/null 2>&1 || :`,
  );
}

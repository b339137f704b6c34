import { createReadStream, statSync } from 'node:fs';
import { z } from 'zod';
import { PATH, seeEntries } from '../machine/file-list';
import type { Machine } from '../machine/machine';
import { quoted } from '../ssh/quote';
import type { Kind } from './kind';

const schema = z.record(
  z.string().regex(PATH, 'must be an absolute path'),
  z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest in hex'),
    file: z.string().optional(),
    url: z
      .string()
      .regex(/^https:\/\/[^\s'"]+$/, 'must be an https URL')
      .optional(),
    /** Set by what is read: another mode or owner than that of a program. */
    access: z.string().optional(),
  }),
);

type Binaries = z.infer<typeof schema>;

/** Programs are root's, and everybody may run them. */
const ACCESS = 'root:root 0755';

/** Large files by their digest: programs, plugins. From a file here, or fetched by the machine itself. */
export const binaries: Kind<Binaries> = {
  schema,

  // Where it comes from is not what it is.
  compared: (name, value) =>
    PATH.test(name) ? { ...(value as object), file: undefined, url: undefined } : value,

  apply: async (given, { machine, progress }, before = {}) => {
    const gone = Object.keys(before).filter((path) => PATH.test(path) && !(path in given));
    if (gone.length > 0) await machine.run('removing programs', `rm -f -- ${gone.map(quoted).join(' ')}`);
    const seen = await seeEntries(machine, Object.keys(given));
    for (const [path, binary] of Object.entries(given)) {
      const now = seen.get(path);
      if (now?.kind === 'file' && now.digest === `sha256:${binary.sha256}`) {
        if (accessOf(now) !== ACCESS)
          await machine.run(
            'giving programs to root',
            `chown root:root ${quoted(path)} && chmod 0755 ${quoted(path)}`,
          );
        continue;
      }
      progress(path);
      await put(machine, path, binary);
    }
    return {};
  },

  read: async (kept, { machine }) => {
    const paths = Object.keys(kept).filter((name) => PATH.test(name));
    const seen = await seeEntries(machine, paths);
    const found = paths.flatMap((path) => {
      const now = seen.get(path);
      if (now === undefined) return [];
      const access = accessOf(now);
      const sha256 = now.digest?.slice('sha256:'.length) ?? now.kind;
      return [[path, { ...kept[path], sha256, ...(access === ACCESS ? {} : { access }) }] as const];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  },

  remove: async (kept, { machine }) => {
    const paths = Object.keys(kept).filter((name) => PATH.test(name));
    await machine.run(
      'removing programs',
      `rm -f -- ${paths.map(quoted).join(' ')}\nrmdir /opt/cni/bin /opt/cni 2>/dev/null || :`,
    );
  },
};

function accessOf({ owner, group, mode }: { owner: string; group: string; mode: string }): string {
  return `${owner}:${group} ${mode}`;
}

async function put(machine: Machine, path: string, { sha256, file, url }: Binaries[string]): Promise<void> {
  const get =
    url === undefined ? 'cat' : `curl -fsSL --proto =https --retry 2 --max-time 540 -- ${quoted(url)}`;
  const script = `d=${quoted(path.slice(0, path.lastIndexOf('/')))}; mkdir -p -m 0755 -- "$d" || exit 1
t=$(mktemp -- "$d/.keelson-XXXXXXXX") || exit 1
trap 'rm -f -- "$t"' EXIT
${get} > "$t" || exit 1
h=$(sha256sum < "$t") || exit 1
if [ "$\{h%% *}" != ${sha256} ]; then echo "$\{h%% *}"; exit 65; fi
chmod 0755 "$t" && mv -f -- "$t" ${quoted(path)} && trap - EXIT`;
  const source = url ?? file ?? '';
  if (url === undefined) checkReadable(machine, path, file);
  const input = url === undefined ? createReadStream(file!) : undefined;
  const { status, stdout, stderr } = await machine.try(script, { input, timeoutMs: 600_000 });
  if (status === 0) return;
  if (status === 65)
    throw machine.problem(
      'node/digest',
      `${source} is not what its digest says: ${path} would be ${stdout.trim()}, and not ${sha256}.`,
      'Take the file that was reviewed, or review this one and give its digest.',
    );
  if (/No space left on device/i.test(stderr))
    throw machine.problem(
      'node/disk-full',
      `The disk is full: ${path} was not written.`,
      'Make room, and run the update again: nothing was half written.',
    );
  throw machine.problem(
    'node/command',
    `${path} could not be had from ${source}: ${stderr.trim().split('\n').pop() ?? ''}`,
    'See that the source is there, and run the update again.',
  );
}

function checkReadable(machine: Machine, path: string, file: string | undefined): void {
  try {
    if (file !== undefined && statSync(file).isFile()) return;
  } catch {
    // Told below.
  }
  throw machine.problem(
    'node/digest',
    `There is no file ${file ?? ''} for ${path}.`,
    'Give the path of the file here, or an https URL from which the machine gets it.',
  );
}

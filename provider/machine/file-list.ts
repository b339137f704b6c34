import { createHash } from 'node:crypto';
import { z } from 'zod';
import { quoted } from '../ssh/quote';
import type { Machine } from './machine';

/** Permissions in octal, as `0600`. */
const mode = z.string().regex(/^0[0-7]{3,4}$/, 'must be permissions in octal, as 0600');
const account = z.string().regex(/^[a-z_][a-z0-9_-]*$/, 'must be the name of a user');

/** The form of an entry of a machine's file tree. */
export const entrySchema = z.strictObject({
  kind: z.enum(['file', 'folder', 'path']),
  owner: account,
  group: account,
  mode,
  content: z.string().optional(),
});

/** A file, a folder, or a path (a pattern, too) whose owner and mode alone are kept. */
export type Entry = z.infer<typeof entrySchema>;

/** Entries by their absolute path. */
export type Entries = Readonly<Record<string, Entry>>;

/** An absolute path without anything that a shell or systemd reads as something else; a path that is a pattern may have `*`. */
export const PATH = /^(\/[A-Za-z0-9_.@+:*-]+)+$/;

/** The digest of a content, as it is shown. */
export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/**
 * The functions that the scripts below use. A file is written beside its place and then put there, so that nobody sees half of it, and
 * nothing is left where the disk is full.
 */
const FUNCTIONS = `
folder() { # path owner group mode
  if [ -e "$1" ] && [ ! -d "$1" ] || [ -L "$1" ]; then rm -rf -- "$1" || exit 1; fi
  mkdir -p -- "$1" && chown "$2:$3" -- "$1" && chmod "$4" -- "$1" || exit 1
}
file() { # path owner group mode size
  d=$(dirname -- "$1"); [ -d "$d" ] || mkdir -p -m 0755 -- "$d" || exit 1
  if [ -d "$1" ] && [ ! -L "$1" ]; then rm -rf -- "$1" || exit 1; fi
  t=$(mktemp -- "$d/.keelson-XXXXXXXX") || exit 1
  trap 'rm -f -- "$t"' EXIT
  head -c "$5" > "$t" && [ "$(stat -c %s "$t")" = "$5" ] && chown "$2:$3" "$t" && chmod "$4" "$t" && mv -f -- "$t" "$1" || exit 1
  trap - EXIT
}
path() { # pattern owner group mode
  for p in $1; do if [ -e "$p" ] && [ ! -L "$p" ]; then chown "$2:$3" -- "$p" && chmod "$4" -- "$p" || exit 1; fi; done
}`;

/** Writes entries; contents go over the connection, never into a command line. */
export async function writeEntries(machine: Machine, entries: Entries): Promise<void> {
  const list = Object.entries(entries).sort(
    ([a], [b]) => order(entries[a]!) - order(entries[b]!) || (a < b ? -1 : 1),
  );
  const contents: Buffer[] = [];
  const lines = list.map(([path, { kind, owner, group, mode: permissions, content = '' }]) => {
    const words = [kind, quoted(path), owner, group, permissions];
    if (kind !== 'file') return words.join(' ');
    const bytes = Buffer.from(content, 'utf8');
    contents.push(bytes);
    return [...words, bytes.length].join(' ');
  });
  await machine.run('writing files', [FUNCTIONS, ...lines].join('\n'), { input: Buffer.concat(contents) });
}

/** Folders first, and patterns last: they meet what was written. */
function order({ kind }: Entry): number {
  return ['folder', 'file', 'path'].indexOf(kind);
}

/** What a machine has at paths. */
export interface SeenEntry {
  /** `file`, `folder`, or what else it is in the words of stat. */
  readonly kind: string;
  readonly owner: string;
  readonly group: string;
  readonly mode: string;
  /** Of a file: its digest. */
  readonly digest?: string;
}

/** Looks at paths and patterns: what is there, by its path. */
export async function seeEntries(
  machine: Machine,
  paths: readonly string[],
): Promise<ReadonlyMap<string, SeenEntry>> {
  const script = `for p in ${paths.map(pattern).join(' ')}; do
  if [ -e "$p" ] || [ -L "$p" ]; then
    s=$(stat -c '%F|%U|%G|%a' -- "$p") || exit 1
    h=; if [ -f "$p" ] && [ ! -L "$p" ]; then h=$(sha256sum < "$p") || exit 1; fi
    printf '%s|%s|%s\\n' "$s" "$\{h%% *}" "$p"
  fi
done`;
  const out = await machine.run('reading files', script, { timeoutMs: 120_000 });
  const seen = new Map<string, SeenEntry>();
  for (const line of out.split('\n').filter((text) => text !== '')) {
    const [type, owner, group, permissions, digest, path] = line.split('|') as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    seen.set(path, {
      kind: KINDS[type] ?? type,
      owner,
      group,
      // As it is given: of four digits where one of them says more than who may read.
      mode: `0${permissions.padStart(3, '0')}`,
      ...(digest === '' ? {} : { digest: `sha256:${digest}` }),
    });
  }
  return seen;
}

const KINDS: Readonly<Record<string, string>> = {
  'regular file': 'file',
  'regular empty file': 'file',
  directory: 'folder',
};

/** A pattern stays one for the shell; all else is of letters that it does not read. */
function pattern(path: string): string {
  return path.split('*').map(quoted).join('*');
}

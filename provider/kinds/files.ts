import { z } from 'zod';
import {
  digestOf,
  entrySchema,
  PATH,
  seeEntries,
  writeEntries,
  type Entries,
  type Entry,
  type SeenEntry,
} from '../machine/file-list';
import { quoted } from '../ssh/quote';
import type { Kind } from './kind';

/** Files that name users of the system: those have to be there before something belongs to them. */
const SYSUSERS = '/etc/sysusers.d/';

/**
 * Files and folders of a machine, by their path. A file of another content, owner or mode than given is a change, and so is one that is
 * gone. Of a pattern, every match is held to its owner and mode.
 */
export const files: Kind<Entries> = {
  schema: z.record(z.string().regex(PATH, 'must be an absolute path'), entrySchema),

  apply: async (given, { machine, progress }, before = {}) => {
    const isNew = (path: string): boolean => JSON.stringify(before[path]) !== JSON.stringify(given[path]);
    const gone = Object.keys(before).filter((path) => PATH.test(path) && !(path in given));
    const changed = Object.keys(given).filter(isNew);
    progress(`${changed.length} files and folders`);
    await removeEntries(machine, before as Entries, gone);
    // All of them, not only those that changed: an update that was cut short is made whole.
    const users = Object.keys(given).filter((path) => path.startsWith(SYSUSERS));
    if (users.length > 0) {
      await writeEntries(machine, Object.fromEntries(users.map((path) => [path, given[path]!])));
      await machine.run('making users', `systemd-sysusers ${users.map(quoted).join(' ')}`);
    }
    await writeEntries(machine, given);
    return {};
  },

  read: async (kept, { machine }) => {
    const entries = entriesOf(kept);
    const seen = await seeEntries(machine, Object.keys(entries));
    const found: Record<string, unknown> = {};
    for (const [path, entry] of Object.entries(entries)) {
      const now = entry.kind === 'path' ? pathNow(path, entry, seen) : entryNow(entry, seen.get(path));
      if (now !== undefined) found[path] = now;
    }
    return Object.keys(found).length === 0 ? undefined : found;
  },

  remove: async (kept, { machine }) => {
    const entries = entriesOf(kept);
    for (const path of Object.keys(entries).filter((name) => name.startsWith(SYSUSERS)))
      await machine.run(
        'removing users',
        `[ ! -f ${quoted(path)} ] || awk '$1 == "u" {print $2}' ${quoted(path)} | while read -r u; do userdel "$u" 2>/dev/null; done; :`,
      );
    await removeEntries(machine, entries, Object.keys(entries));
  },
};

function entriesOf(kept: Readonly<Record<string, unknown>>): Entries {
  return Object.fromEntries(Object.entries(kept).filter(([name]) => PATH.test(name))) as Entries;
}

function entryNow(entry: Entry, seen: SeenEntry | undefined): unknown {
  if (seen === undefined) return undefined;
  const { kind, owner, group, mode, digest } = seen;
  const isSame = entry.kind !== 'file' || digest === digestOf(entry.content ?? '');
  return {
    kind,
    owner,
    group,
    mode,
    ...(entry.content === undefined
      ? {}
      : { content: isSame ? entry.content : `(other: ${digest ?? kind})` }),
  };
}

/** A pattern is as it was given unless one of its matches is not. */
function pathNow(path: string, entry: Entry, seen: ReadonlyMap<string, SeenEntry>): unknown {
  const expression = new RegExp(
    `^${path
      .split('*')
      .map((part) => part.replace(/[.+]/g, '\\$&'))
      .join('[^/]*')}$`,
  );
  const other = [...seen].find(
    ([at, { owner, group, mode }]) =>
      expression.test(at) && (owner !== entry.owner || group !== entry.group || mode !== entry.mode),
  );
  if (other === undefined) return entry;
  const [, { owner, group, mode }] = other;
  return { ...entry, owner, group, mode };
}

/** Removes files, and then folders where nothing else is in them. What another filled is its own to remove. */
async function removeEntries(
  machine: { run: (what: string, script: string) => Promise<string> },
  entries: Entries,
  paths: readonly string[],
): Promise<void> {
  const of = (kind: 'file' | 'folder'): readonly string[] =>
    paths.filter((path) => removedAs(entries[path]?.kind) === kind).sort((a, b) => b.length - a.length);
  const lines = [
    ...of('file').map((path) => `rm -f -- ${quoted(path)}`),
    ...of('folder').map((path) => `rmdir -- ${quoted(path)} 2>/dev/null || :`),
  ];
  if (lines.length > 0) await machine.run('removing files', lines.join('\n'));
}

/** What stands in the place of a file, a link for example, goes as one; of a pattern nothing goes. */
function removedAs(kind: string | undefined): 'file' | 'folder' | undefined {
  if (kind === undefined || kind === 'path') return undefined;
  return kind === 'folder' ? 'folder' : 'file';
}

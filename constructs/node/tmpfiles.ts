import type { NodeEntry } from './file-tree';

/**
 * Owners and modes of a file tree for systemd-tmpfiles, which puts them right at every boot and before every start of the
 * kubelet: folders are made, and what is there already is adjusted, whoever wrote it.
 */
export function tmpfilesText(entries: readonly NodeEntry[]): string {
  const lines = entries.map(({ kind, path, mode, owner, group }) =>
    [kind === 'folder' ? 'd' : 'z', quoted(path), mode.toString(8).padStart(4, '0'), owner, group].join(' '),
  );
  return ['# Written by keelson.', ...lines, ''].join('\n');
}

/** A path as systemd reads it: no specifiers in it, and quoted where it has blanks. */
function quoted(path: string): string {
  const plain = path.replaceAll('%', '%%');
  return /[\s"'\\]/.test(plain) ? `"${plain.replace(/["\\]/g, '\\$&')}"` : plain;
}

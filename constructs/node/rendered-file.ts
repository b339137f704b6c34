import { stringify } from 'yaml';
import { throwIfAny, type Problem } from '../../model';
import { SecretReference } from '../secrets/secret-reference';
import type { NodeEntry, NodeFile } from './file-tree';

/** A file or folder of a node as it is written. */
export interface RenderedEntry {
  /** Absolute path. */
  readonly path: string;
  /** Name of the user it belongs to. */
  readonly owner: string;
  /** Name of the group it belongs to. */
  readonly group: string;
  /** Permissions as a number. */
  readonly mode: number;
  /**
   * The whole text.
   * @default - it is a folder
   */
  readonly text?: string;
}

/** The folders and files of a tree, with text, owner and mode. A secret shows as `<secret NAME>`: this is for review. */
export function renderEntries(entries: readonly NodeEntry[]): readonly RenderedEntry[] {
  return entries
    .filter((entry) => entry.kind !== 'path')
    .map((entry) => {
      const { path, owner, group, mode } = entry;
      return { path, owner, group, mode, ...(entry.kind === 'file' ? { text: textOf(entry.content) } : {}) };
    });
}

/** The text of a file's content: documents are written as YAML, always the same. */
export function textOf(content: NodeFile['content']): string {
  if (typeof content === 'string') return content;
  const documents = Array.isArray(content) ? content : [content];
  return documents
    .map((document) =>
      stringify(JSON.parse(JSON.stringify(document)), { aliasDuplicateObjects: false, lineWidth: 0 }),
    )
    .join('---\n');
}

/**
 * Refuses a tree with a secret in it, for what is handed to a machine in plain text: user data is readable to every program of
 * the machine, and kept by its provider.
 *
 * @throws KeelsonError `output/secret` naming every file with a secret
 */
export function refuseSecrets(entries: readonly NodeEntry[], format: string): void {
  throwIfAny(
    entries.flatMap((entry): readonly Problem[] =>
      entry.kind === 'file' && holdsSecret(entry.content)
        ? [
            {
              code: 'output/secret',
              where: entry.path,
              message: `It holds a secret, and ${format} would carry it as plain text.`,
              fix: 'Leave the file out, and deliver it over a channel that is encrypted and knows the machine.',
            },
          ]
        : [],
    ),
  );
}

function holdsSecret(content: unknown): boolean {
  if (content instanceof SecretReference) return true;
  return typeof content === 'object' && content !== null && Object.values(content).some(holdsSecret);
}

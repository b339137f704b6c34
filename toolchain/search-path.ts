import { delimiter, dirname } from 'node:path';
import type { ResolvedTool } from './tool';

/**
 * A PATH on which the given tools come first, for processes that look for them by name, as Pulumi does for its
 * provider.
 *
 * @param path the PATH to go on with. @default - the PATH of this process
 */
export function searchPath(tools: readonly ResolvedTool[], path: string = process.env['PATH'] ?? ''): string {
  const folders = tools.map((tool) => dirname(tool.path));
  return [...new Set([...folders, ...path.split(delimiter)])]
    .filter((folder) => folder !== '')
    .join(delimiter);
}

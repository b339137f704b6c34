import { readFileSync } from 'node:fs';
import type { ClusterNetworkPlugin } from '../../constructs';
import { throwIfAny, type Problem } from '../../model';
import {
  hardenNetworkPlugin,
  type HardenedNetworkPlugin,
  type NetworkPluginOptions,
} from '../../policies/network-plugin/network-plugin';

/**
 * Reads the files of a network plugin from the disk, and hardens what is in them.
 *
 * @throws KeelsonError with every file that cannot be read, or is not the one that was pinned, and every image without a digest
 */
export function networkPluginFrom(
  plugin: ClusterNetworkPlugin,
  options: NetworkPluginOptions = {},
): HardenedNetworkPlugin {
  const texts: Record<string, string> = {};
  const unreadable: Problem[] = [];
  for (const { path } of plugin.manifests) {
    try {
      texts[path] = readFileSync(path, 'utf8');
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      unreadable.push({
        code: 'network-plugin/unfit',
        where: path,
        message: `The file of the network plugin ${plugin.name} cannot be read (${reason}).`,
        fix: 'Correct the path: it is looked up from the folder in which the program runs.',
      });
    }
  }
  throwIfAny(unreadable);
  const hardened = hardenNetworkPlugin(plugin, texts, options);
  throwIfAny(hardened.problems);
  return hardened;
}

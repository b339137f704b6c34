import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterNetworkPlugin } from '../../../../constructs';
import { sha256 } from '../../../../constructs/render/digest';
import { networkPluginFrom } from '../../../../stacks/cluster/network-plugin-files';
import { temporaryFolder } from '../../support/folders';
import { places, problemsOf } from '../../support/problems';

const TEXT = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: plugin }\n';
const pluginIn = (folder: string, ...names: readonly string[]) =>
  ClusterNetworkPlugin.kindnet({
    manifests: names.map((name) => ({ path: join(folder, name), sha256: sha256(TEXT) })),
  });

test('files are read from the disk', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.yaml'), TEXT);
  expect(networkPluginFrom(pluginIn(folder, 'a.yaml')).objects).toMatchObject([{ kind: 'Namespace' }]);
});

test('files that are not there are named, all of them', () => {
  const folder = temporaryFolder();
  expect(places(problemsOf(() => networkPluginFrom(pluginIn(folder, 'a.yaml', 'b.yaml'))))).toEqual([
    `${join(folder, 'a.yaml')} [network-plugin/unfit]`,
    `${join(folder, 'b.yaml')} [network-plugin/unfit]`,
  ]);
});

test('a file that was changed is refused', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.yaml'), `${TEXT}# changed\n`);
  expect(places(problemsOf(() => networkPluginFrom(pluginIn(folder, 'a.yaml'))))).toEqual([
    `${join(folder, 'a.yaml')} [network-plugin/unfit]`,
  ]);
});

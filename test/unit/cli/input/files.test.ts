import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFiles } from '../../../../cli/input/files';

const folder = mkdtempSync(join(tmpdir(), 'keelson-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('of a folder that synth wrote the manifests are taken, and what stands beside them only where it is named', () => {
  for (const name of ['0000-app.yaml', 'digests.json', 'construct-metadata.json', 'other.json']) {
    writeFileSync(join(folder, name), '{}');
  }
  const inFolder = (...names: readonly string[]) => names.map((name) => join(folder, name));
  expect(findFiles([folder])).toEqual({ files: inFolder('0000-app.yaml', 'other.json'), problems: [] });
  expect(findFiles(inFolder('digests.json')).files).toEqual(inFolder('digests.json'));
});

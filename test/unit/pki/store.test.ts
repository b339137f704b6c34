import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ControlPlaneLayout } from '../../../constructs/control-plane';
import { ensurePki, identityOf, readPki, writeFileAtomic } from '../../../pki';
import { LAYOUT, sample } from '../control-plane/sample';
import { temporaryFolder } from '../support/folders';

function layoutIn(folder: string, apiServer = 6443): ControlPlaneLayout {
  return {
    ...LAYOUT,
    ports: { ...LAYOUT.ports, apiServer },
    certificates: join(folder, 'pki'),
    kubeconfigs: join(folder, 'conf'),
  };
}

function modes(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), (statSync(path).mode & 0o777).toString(8)];
    }),
  );
}

const now = new Date();
const specFor = (layout: ControlPlaneLayout) => sample({ layout }).pki;

test('keys and kubeconfigs are 0600, folders 0700, whatever the umask; nothing temporary is left', async () => {
  const folder = temporaryFolder();
  const layout = layoutIn(folder);
  const umask = process.umask(0);
  try {
    await ensurePki(layout, specFor(layout), now);
  } finally {
    process.umask(umask);
  }
  const found = modes(folder);
  for (const [path, mode] of Object.entries(found)) {
    const expected = /\.(key|conf)$/.test(path) ? '600' : /\.(crt|pub)$/.test(path) ? '644' : '700';
    expect([path, mode]).toEqual([path, expected]);
  }
  expect(Object.keys(found).filter((path) => path.endsWith('.key'))).toHaveLength(12);
  expect(Object.keys(found).filter((path) => path.endsWith('.conf'))).toHaveLength(3);
});

test('what was written is read back as it was, and not written again', async () => {
  const layout = layoutIn(temporaryFolder());
  const first = await ensurePki(layout, specFor(layout), now);
  expect(new Map(await readPki(layout, specFor(layout)))).toEqual(new Map(first.pki));
  expect((await ensurePki(layout, specFor(layout), now)).renewed).toEqual([]);
});

test('another port renews no certificate, and stands in the kubeconfig', async () => {
  const folder = temporaryFolder();
  await ensurePki(layoutIn(folder), specFor(layoutIn(folder)), now);
  const moved = layoutIn(folder, 7443);
  expect((await ensurePki(moved, specFor(moved), now)).renewed).toEqual([]);
  const config = parse(readFileSync(join(folder, 'conf/admin.conf'), 'utf8')) as {
    clusters: { cluster: { server: string } }[];
  };
  expect(config.clusters[0]?.cluster.server).toBe('https://127.0.0.1:7443');
});

test('a lost or damaged file is made anew', async () => {
  const layout = layoutIn(temporaryFolder());
  await ensurePki(layout, specFor(layout), now);
  rmSync(join(layout.certificates, 'apiserver.key'));
  writeFileSync(join(layout.certificates, 'scheduler.key'), 'nonsense');
  writeFileSync(join(layout.kubeconfigs, 'admin.conf'), ': nonsense {');
  const { renewed } = await ensurePki(layout, specFor(layout), now);
  expect(renewed).toEqual(['apiserver', 'scheduler', 'kubeconfig/admin']);
});

test('text that is no kubeconfig of ours has no identity', () => {
  for (const text of ['', 'users: []', 'users: [{user: {token: x}}]'])
    expect(identityOf(text)).toBeUndefined();
});

test('a write that fails leaves neither a part nor a temporary file', async () => {
  const folder = temporaryFolder();
  await writeFileAtomic(join(folder, 'below/file'), 'first');
  await expect(writeFileAtomic(join(folder, 'below'), 'second')).rejects.toThrow();
  expect(modes(folder)).toEqual({ below: '700', 'below/file': '600' });
});

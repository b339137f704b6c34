import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveTools } from '../../toolchain';

/** A tool built from nothing but the Go module proxy, with no compiler cache: the air-gapped path. */
test('etcd is built from its pinned modules in an empty cache, and found there again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-cold-'));
  try {
    const env = {
      ...process.env,
      KEELSON_CACHE: join(folder, 'cache'),
      KEELSON_OFFLINE: '1',
      GOCACHE: join(folder, 'go-build'),
      PATH: `${process.env.PATH}`,
    };
    const first = await resolveTools(['etcd'], { env });
    expect(first.etcd).toMatchObject({ origin: 'build', version: '3.7.3' });
    const second = await resolveTools(['etcd'], { env });
    expect(second.etcd).toMatchObject({ origin: 'cache', path: first.etcd.path });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 900_000);

/** The probe of encryption at rest holds on the default, and fails where encryption is switched off behind our back. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostAccess } from '../../cli/up';
import type { Evidence } from '../../model';
import { ApiClient, PROBES, readKubeconfig, runProbes } from '../../probes';
import { OwnPlane } from './support/own-plane';

jest.setTimeout(600_000);

const own = new OwnPlane();
let client: ApiClient;
beforeAll(async () => {
  await own.start();
  client = new ApiClient(readKubeconfig(own.plane.kubeconfig));
});
afterAll(async () => {
  client?.close();
  await own.clear();
});

async function probe(): Promise<Evidence> {
  const probes = PROBES.filter(({ id }) => id === 'secrets-encrypted');
  const [evidence] = await runProbes(probes, { client, host: hostAccess(own.plane) });
  return evidence!;
}

test('holds on the default', async () => {
  const { verdict, observations } = await probe();
  expect(JSON.stringify(observations)).toMatch(/k8s:enc:secretbox:v1:key-[0-9a-f]{8}:/);
  expect(verdict).toBe('holds');
});

test('fails where new values are plain text, and says so', async () => {
  const file = join(own.plane.stateDir, 'config', 'encryption.yaml');
  const off = own
    .file('config/encryption.yaml')
    .replace(/providers:\n(\s+)- /, 'providers:\n$1- identity: {}\n$1- ');
  expect(off).toContain('- identity: {}');
  writeFileSync(file, off);
  // The API server looks at the file once a minute.
  let evidence = await probe();
  for (const end = Date.now() + 180_000; evidence.verdict === 'holds' && Date.now() < end;) {
    await sleep(2_000);
    evidence = await probe();
  }
  expect(evidence.verdict).toBe('fails');
  const seen = JSON.stringify(evidence.observations);
  expect(seen).toContain('no encryption');
  expect(seen).toMatch(/[1-9]\d* as plain text/);
});

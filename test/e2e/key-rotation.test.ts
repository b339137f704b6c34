/** Encryption keys are rotated while a client works, each phase interrupted once: nothing fails, nothing is lost, nothing stays behind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { Client, credentials } from '@grpc/grpc-js';
import secretsEncrypted from '../../probes/checks/secrets-encrypted';
import { rotateEncryptionKey } from '../../cli/rotate-encryption-key';
import { KeyRing } from '../../local';
import { ApiClient, EtcdClient, readKubeconfig } from '../../probes';
import { OwnPlane } from './support/own-plane';

jest.setTimeout(1_200_000);

const SECRETS = 1_000;
const NAMESPACE = '/api/v1/namespaces/default';

const own = new OwnPlane();
let api: ApiClient;
beforeAll(async () => {
  await own.start();
  api = new ApiClient(readKubeconfig(own.plane.kubeconfig));
});
afterAll(async () => {
  api?.close();
  await own.clear();
});

const secretOf = (name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  data: { value: Buffer.from(value).toString('base64') },
});

/** A client that writes and reads Secrets without a pause, and remembers what it was told is stored. */
class Load {
  public readonly failures: string[] = [];
  public requests = 0;
  public readonly stored = new Map<string, string>();
  private running = true;
  private readonly workers: Promise<void>[];

  public constructor(at: number) {
    this.workers = Array.from({ length: at }, (_, index) => this.work(index, at));
  }

  public async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
  }

  private async work(first: number, step: number): Promise<void> {
    for (let round = 0; this.running; round += 1) {
      for (let index = first; index < SECRETS && this.running; index += step) {
        const name = `load-${index}`;
        const value = `canary-${round}-${randomBytes(6).toString('hex')}`;
        await this.write(name, value);
        await this.read(name);
      }
    }
  }

  private async write(name: string, value: string): Promise<void> {
    const known = this.stored.has(name);
    const path = known ? `${NAMESPACE}/secrets/${name}` : `${NAMESPACE}/secrets`;
    await this.send(known ? 'PUT' : 'POST', path, secretOf(name, value), known ? 200 : 201);
    this.stored.set(name, value);
  }

  private async read(name: string): Promise<void> {
    const answer = await this.send('GET', `${NAMESPACE}/secrets/${name}`, undefined, 200);
    const { data } = JSON.parse(answer) as { data: { value: string } };
    const value = Buffer.from(data.value, 'base64').toString();
    if (value !== this.stored.get(name)) this.failures.push(`${name} is ${value}`);
  }

  private async send(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    body: unknown,
    wanted: number,
  ): Promise<string> {
    this.requests += 1;
    const answer = await api.send({ method, path, body });
    if (answer.status !== wanted) this.failures.push(`${method} ${path}: ${answer.status}`);
    return answer.body;
  }
}

/** How many values are stored, by what they start with. */
async function storedUnder(prefixes: readonly string[]): Promise<{ total: number; under: number[] }> {
  const etcd = new EtcdClient(own.plane.etcd);
  const under = prefixes.map(() => 0);
  let total = 0;
  try {
    for (const resource of ['secrets', 'configmaps'])
      for await (const page of etcd.valuesBelow(`/registry/${resource}/`))
        for (const { value } of page) {
          total += 1;
          for (const [index, prefix] of prefixes.entries())
            if (value.subarray(0, prefix.length).toString('latin1') === prefix) under[index]! += 1;
        }
  } finally {
    etcd.close();
  }
  return { total, under };
}

/** A request to etcd that the product never makes. */
async function etcdCall(method: 'Put' | 'DeleteRange', message: Uint8Array): Promise<void> {
  const { endpoint, caFile, keyFile, certFile } = own.plane.etcd;
  const [ca, key, cert] = [caFile, keyFile, certFile].map((file) => readFileSync(file)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const client = new Client(new URL(endpoint).host, credentials.createSsl(ca, key, cert));
  const same = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  try {
    await new Promise<void>((done, fail) =>
      client.makeUnaryRequest(`/etcdserverpb.KV/${method}`, same, same, message, (error) =>
        error ? fail(error) : done(),
      ),
    );
  } finally {
    client.close();
  }
}

const database = (): Buffer => readFileSync(join(own.plane.stateDir, 'etcd', 'member', 'snap', 'db'));
const ring = (): Promise<KeyRing> => KeyRing.open(own.plane.stateDir);

test('a rotation under load, each phase interrupted once', async () => {
  const [old] = (await ring()).keys;
  const oldPrefix = `k8s:enc:secretbox:v1:${old!.name}:`;
  const load = new Load(8);
  // All of them are there before the rotation begins.
  while (load.stored.size < SECRETS) await sleep(200);

  const interrupted: string[] = [];
  const rotate = async (interruptAt?: string): Promise<void> => {
    const abort = new AbortController();
    await rotateEncryptionKey({
      controlPlane: own.plane.stateDir,
      signal: abort.signal,
      progress: (line) => {
        if (interruptAt !== undefined && line.startsWith(interruptAt)) {
          interrupted.push(line);
          // In the middle of what the line announces.
          setTimeout(() => abort.abort(new Error('interrupted')), 300);
        }
      },
    });
  };
  for (const phase of ['adding', 'making', 'writing', 'dropping'])
    await expect(rotate(phase)).rejects.toThrow(/abort|interrupted/i);
  expect(interrupted.map((line) => line.split(' ')[0])).toEqual(['adding', 'making', 'writing', 'dropping']);
  expect((await ring()).rotation?.phase).toBe('drop');
  await rotate();
  await load.stop();

  expect(load.failures).toEqual([]);
  expect(load.requests).toBeGreaterThan(2 * SECRETS);
  const values: boolean[] = [];
  for (const [name, value] of load.stored) {
    const answer = await api.send({ path: `${NAMESPACE}/secrets/${name}` });
    values.push(
      Buffer.from(answer.json<{ data: { value: string } }>()!.data.value, 'base64').toString() === value,
    );
  }
  expect(values).toHaveLength(SECRETS);
  expect(values.filter((same) => !same)).toEqual([]);

  const [next, ...others] = (await ring()).keys;
  expect(others).toEqual([]);
  expect(next!.name).not.toBe(old!.name);
  const stored = await storedUnder([`k8s:enc:secretbox:v1:${next!.name}:`, oldPrefix]);
  expect(stored.total).toBeGreaterThan(SECRETS);
  expect(stored.under).toEqual([stored.total, 0]);
  // What etcd keeps in its file besides the newest values is gone, too; what the new key wrote is found by the same search.
  expect(database().includes(`k8s:enc:secretbox:v1:${next!.name}:`)).toBe(true);
  expect(database().includes(oldPrefix)).toBe(false);
});

describe('the probe of encryption at rest', () => {
  const run = async () => {
    const { etcd, auditLog } = own.plane;
    return secretsEncrypted.run({ client: api, host: { etcd, auditLog, tlsPorts: {} } });
  };

  test('holds, and tells the key of every value', async () => {
    const { verdict, observations } = await run();
    const [next] = (await ring()).keys;
    expect(verdict).toBe('holds');
    expect(observations.at(-2)?.seen).toMatch(new RegExp(`^\\d+ under k8s:enc:secretbox:v1:${next!.name}:$`));
  });

  test('fails where one value is stored as plain text', async () => {
    const plain = '/registry/configmaps/default/plain';
    await etcdCall(
      'Put',
      new BinaryWriter().tag(1, 2).bytes(Buffer.from(plain)).tag(2, 2).bytes(Buffer.from('{}')).finish(),
    );
    try {
      const { verdict, observations } = await run();
      expect(verdict).toBe('fails');
      expect(observations.at(-1)?.seen).toContain('1 under no encryption');
    } finally {
      await etcdCall('DeleteRange', new BinaryWriter().tag(1, 2).bytes(Buffer.from(plain)).finish());
    }
  });
});

test('the control plane starts again with the new key alone, and the API server was not restarted for it', async () => {
  const before = own.plane.processes.find(({ name }) => name === 'kube-apiserver')!.pid;
  await own.start();
  expect(own.plane.processes.find(({ name }) => name === 'kube-apiserver')!.pid).toBe(before);
  expect((await api.send({ path: `${NAMESPACE}/secrets/load-0` })).status).toBe(200);
});

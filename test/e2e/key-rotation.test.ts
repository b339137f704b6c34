/** A key is rotated to one of another method while a client works, and the command is killed in each phase: nothing fails, is lost or stays behind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyRing } from '../../local';
import { ApiClient, EtcdClient, readKubeconfig } from '../../probes';
import { startKeelson, type Run } from './support/keelson';
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

const database = (): Buffer => readFileSync(join(own.plane.stateDir, 'etcd', 'member', 'snap', 'db'));
const ring = (): Promise<KeyRing> => KeyRing.open(own.plane.stateDir);

test('a rotation under load, killed once in each phase', async () => {
  const [old] = (await ring()).keys;
  const oldPrefix = `k8s:enc:secretbox:v1:${old!.name}:`;
  const load = new Load(8);
  // All of them are there before the rotation begins.
  while (load.stored.size < SECRETS) await sleep(200);

  const rotate = (...options: string[]) =>
    startKeelson(['rotate-encryption-key', '--state-dir', own.stateDir, ...options]);
  const killIn = async (line: RegExp, ...options: string[]): Promise<Run> => {
    const command = rotate(...options);
    await command.seen(line);
    // In the middle of what the line announces.
    await sleep(300);
    command.child.kill('SIGKILL');
    return command.ended;
  };
  const names = new Set<string>();
  for (const [phase, line, options] of [
    ['add', /^adding/m, ['--method', 'aesgcm']],
    ['promote', /^making/m, []],
    ['rewrite', /^writing/m, []],
    ['drop', /^dropping/m, []],
  ] as const) {
    // It ended by the signal, not by itself.
    expect((await killIn(line, ...options)).code).toBe(-1);
    const { rotation } = await ring();
    expect(rotation?.phase).toBe(phase);
    names.add(rotation!.next.name);
  }
  // Each run went on with the key that the first one made.
  expect(names.size).toBe(1);
  const last = await rotate().ended;
  expect(last.output).toContain('Every value is under the new key');
  expect(last.code).toBe(0);
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
  expect([...names]).toEqual([next!.name]);
  const nextPrefix = `k8s:enc:aesgcm:v1:${next!.name}:`;
  const stored = await storedUnder([nextPrefix, oldPrefix]);
  expect(stored.total).toBeGreaterThan(SECRETS);
  expect(stored.under).toEqual([stored.total, 0]);
  // What etcd keeps in its file besides the newest values is gone, too; what the new key wrote is found by the same search.
  expect(database().includes(nextPrefix)).toBe(true);
  expect(database().includes(oldPrefix)).toBe(false);
});

test('the control plane starts again with the new key alone, and the API server was not restarted for it', async () => {
  const before = own.plane.processes.find(({ name }) => name === 'kube-apiserver')!.pid;
  await own.start();
  expect(own.plane.processes.find(({ name }) => name === 'kube-apiserver')!.pid).toBe(before);
  expect((await api.send({ path: `${NAMESPACE}/secrets/load-0` })).status).toBe(200);
});

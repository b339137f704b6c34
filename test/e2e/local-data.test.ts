import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readEtcd } from '../../probes/client/etcd';
import { listenersOf } from '../../probes';
import { SharedPlane } from './support/shared-plane';
import { ask } from './support/wire';

let shared: SharedPlane;

beforeAll(async () => {
  shared = await SharedPlane.enter();
});
afterAll(() => shared.leave());

describe('encryption at rest', () => {
  test.each([
    ['secrets', (value: string) => ({ stringData: { key: value } })],
    ['configmaps', (value: string) => ({ data: { key: value } })],
  ])('%s are ciphertext in etcd', async (resource, content) => {
    const canary = `canary-${randomBytes(8).toString('hex')}`;
    const path = `/api/v1/namespaces/${shared.namespace}/${resource}`;
    const body = { metadata: { name: 'encrypted' }, ...content(canary) };
    expect((await shared.api('POST', path, body)).status).toBe(201);
    const raw = await readEtcd(shared.plane.etcd, `/registry/${resource}/${shared.namespace}/encrypted`);
    expect(raw?.toString('latin1')).toMatch(/^k8s:enc:secretbox:v1:key-[0-9a-f]{8}:/);
    expect(raw?.includes(canary)).toBe(false);
    const read = await shared.api('GET', `${path}/encrypted`);
    expect(read.body).toContain(resource === 'secrets' ? Buffer.from(canary).toString('base64') : canary);
  });

  test('a shared.namespace, which is not encrypted, shows what the check would see', async () => {
    const raw = await readEtcd(shared.plane.etcd, `/registry/namespaces/${shared.namespace}`);
    expect(raw?.includes(shared.namespace)).toBe(true);
  });
});

describe('the audit log', () => {
  interface Event {
    readonly level: string;
    readonly verb: string;
    readonly objectRef?: Record<string, string>;
    readonly requestURI: string;
    readonly requestObject?: unknown;
    readonly responseObject?: unknown;
  }
  const events = (text: string): Event[] =>
    readFileSync(shared.plane.auditLog, 'utf8')
      .split('\n')
      .filter((line) => line.includes(text))
      .map((line) => JSON.parse(line) as Event);

  test('holds the read of a Secret, and neither its value nor that of a token', async () => {
    const canary = `canary-${randomBytes(8).toString('hex')}`;
    const path = `/api/v1/namespaces/${shared.namespace}/secrets`;
    await shared.api('POST', path, { metadata: { name: 'audited' }, stringData: { key: canary } });
    await shared.api('GET', `${path}/audited`);
    const token = await shared.api(
      'POST',
      `/api/v1/namespaces/${shared.namespace}/serviceaccounts/default/token`,
      {},
    );
    expect(token.status).toBe(201);
    const value = (JSON.parse(token.body) as { status: { token: string } }).status.token;

    const reads = events(`${path}/audited`).filter(({ verb }) => verb === 'get');
    expect(reads.map(({ level, objectRef }) => [level, objectRef?.['name']])).toEqual([
      ['Metadata', 'audited'],
    ]);
    const log = readFileSync(shared.plane.auditLog, 'utf8');
    for (const secret of [canary, Buffer.from(canary).toString('base64'), value]) {
      expect(log.includes(secret)).toBe(false);
    }
  });

  test('holds a change of a role with what was asked and what came of it', async () => {
    const name = `audited-${randomBytes(4).toString('hex')}`;
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${shared.namespace}/roles`;
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    expect((await shared.api('POST', path, { metadata: { name }, rules })).status).toBe(201);
    const [event] = events(name).filter(({ verb }) => verb === 'create');
    expect(event).toMatchObject({
      level: 'RequestResponse',
      requestObject: { rules },
      responseObject: { rules },
    });
  });

  test('holds an attempt to run a command in a pod', async () => {
    await shared.api('POST', `/api/v1/namespaces/${shared.namespace}/pods/nobody/exec?command=id`);
    const [event] = events('pods/nobody/exec');
    expect(event).toMatchObject({ level: 'RequestResponse', objectRef: { subresource: 'exec' } });
  });

  test('does not hold health checks', async () => {
    const marker = randomBytes(6).toString('hex');
    await ask(shared.plane.ports.apiServer, `/livez?marker=${marker}`, shared.nobody);
    expect(events(marker)).toEqual([]);
  });
});

describe('on this machine', () => {
  test('the ports that are listened on are the declared ones, all on 127.0.0.1', () => {
    const listened = shared.plane.processes.flatMap(({ pid }) => listenersOf(pid));
    expect([...listened].sort()).toEqual(
      Object.values(shared.plane.ports)
        .map((port) => `127.0.0.1:${port}`)
        .sort(),
    );
  });

  test('files are private: 0600, folders 0700; only certificates and public keys may be read', () => {
    for (const entry of readdirSync(shared.plane.stateDir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const expected = entry.isDirectory() ? 0o700 : /\.(crt|pub)$/.test(path) ? 0o644 : 0o600;
      expect([path, statSync(path).mode & 0o777]).toEqual([path, expected]);
    }
    expect(statSync(shared.plane.stateDir).mode & 0o777).toBe(0o700);
  });

  test('no secret stands on a command line, in an environment or in a log', () => {
    const key = (JSON.parse(shared.file('secrets/encryption-keys.json')) as { keys: { secret: string }[] })
      .keys[0]!.secret;
    for (const { pid, logFile } of shared.plane.processes) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('PATH=/usr/bin:/bin\0');
      for (const text of [readFileSync(`/proc/${pid}/cmdline`, 'utf8'), readFileSync(logFile, 'utf8')]) {
        expect(text.includes(key)).toBe(false);
        expect(text.includes('PRIVATE KEY')).toBe(false);
        expect(text).not.toMatch(/eyJ[\w-]{20,}\.eyJ/);
      }
    }
  });

  test('no rendered file but the one for it holds the encryption key', () => {
    const key = (JSON.parse(shared.file('secrets/encryption-keys.json')) as { keys: { secret: string }[] })
      .keys[0]!.secret;
    const holding = readdirSync(join(shared.plane.stateDir, 'config'))
      .filter((name) => name.endsWith('.yaml'))
      .filter((name) => shared.file(`config/${name}`).includes(key));
    expect(holding).toEqual(['encryption.yaml']);
  });
});

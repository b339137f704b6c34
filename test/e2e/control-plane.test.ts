import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { LeafSpec } from '../../constructs/control-plane';
import { localControlPlane, type LocalControlPlane } from '../../local';
import { issueLeaf } from '../../pki';
import { readEtcd } from '../../probes/client/etcd';
import { listenersOf } from './support/own-control-plane';
import {
  ask,
  askPlain,
  kubeconfigCredentials,
  negotiate,
  type Answer,
  type Credentials,
} from './support/wire';

let plane: LocalControlPlane;
let admin: Required<Credentials>;
let nobody: Credentials;
const namespace = `control-plane-${randomBytes(4).toString('hex')}`;

const file = (name: string): string => readFileSync(join(plane.stateDir, name), 'utf8');
const etcdCa = (): string => readFileSync(plane.etcd.caFile, 'utf8');
const identity = (name: string, ca: string): Required<Credentials> => ({
  ca,
  cert: file(`pki/${name}.crt`),
  key: file(`pki/${name}.key`),
});

/** A request to the API server as an administrator. */
async function api(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
  return ask(plane.ports.apiServer, path, admin, { method, body, headers });
}

/** A certificate that is signed by an authority of the control plane, as one who holds its key could make. */
async function signed(authority: string, change: Partial<LeafSpec>): Promise<Required<Credentials>> {
  const pair = await issueLeaf(
    {
      name: 'test',
      authority,
      commonName: 'test',
      organizations: [],
      uses: ['client'],
      dnsNames: [],
      ipAddresses: [],
      lifetimeDays: 1,
      ...change,
    },
    { certificate: file(`pki/${authority}.crt`), privateKey: file(`pki/${authority}.key`), publicKey: '' },
    new Date(),
  );
  return { ca: admin.ca, cert: pair.certificate ?? '', key: pair.privateKey };
}

beforeAll(async () => {
  const found = await localControlPlane(process.env.KEELSON_E2E_STATE ?? '');
  if (found === undefined) throw new Error('no control plane runs in KEELSON_E2E_STATE');
  plane = found;
  admin = kubeconfigCredentials(plane.kubeconfig);
  nobody = { ca: admin.ca };
  const created = await api('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  expect(created.status).toBe(201);
});
afterAll(() => api('DELETE', `/api/v1/namespaces/${namespace}`));

describe('anonymous requests', () => {
  test.each(['/livez', '/readyz', '/healthz'])('%s answers', async (path) => {
    expect((await ask(plane.ports.apiServer, path, nobody)).status).toBe(200);
  });

  test.each(['/api', '/version', '/metrics', '/openapi/v3', '/livez/etcd', '/api/v1/namespaces'])(
    '%s is refused',
    async (path) => {
      expect((await ask(plane.ports.apiServer, path, nobody)).status).toBe(401);
    },
  );

  test('a forged token is refused', async () => {
    const headers = { authorization: 'Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.AAAA' };
    expect((await ask(plane.ports.apiServer, '/api', nobody, { headers })).status).toBe(401);
  });

  test('controller manager and scheduler tell their health, and nothing else', async () => {
    for (const port of [plane.ports.controllerManager, plane.ports.scheduler]) {
      expect((await ask(port, '/healthz', nobody)).status).toBe(200);
      for (const path of ['/metrics', '/configz', '/debug/pprof/']) {
        expect([path, (await ask(port, path, nobody)).status]).toEqual([path, 403]);
      }
    }
  });
});

describe('TLS', () => {
  const ports = () => Object.entries(plane.ports);
  /** With a certificate that each port accepts, so that only the version can be the reason. */
  const client = (name: string): Credentials =>
    name === 'etcdClient'
      ? identity('apiserver-etcd-client', etcdCa())
      : name === 'etcdPeer'
        ? identity('etcd/peer', etcdCa())
        : admin;

  test('1.3 is agreed on by every port, with an authenticated suite', async () => {
    for (const [name, port] of ports()) {
      const agreed = await negotiate(port, { ...client(name) });
      expect([name, agreed]).toEqual([
        name,
        expect.stringMatching(
          /^TLSv1\.3 TLS_(AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256)$/,
        ),
      ]);
    }
  });

  test.each(['TLSv1.2', 'TLSv1.1', 'TLSv1'] as const)('%s is refused by every port', async (version) => {
    for (const [name, port] of ports()) {
      const options = {
        ...client(name),
        minVersion: version,
        maxVersion: version,
        ciphers: 'ALL:@SECLEVEL=0',
      };
      expect([name, await negotiate(port, options)]).toEqual([name, 'refused']);
    }
  });

  test('a port with a lower floor would be seen', async () => {
    const own = identity('apiserver', admin.ca);
    const server = createServer({ key: own.key, cert: own.cert, maxVersion: 'TLSv1.2' });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await negotiate(port, { ca: admin.ca, maxVersion: 'TLSv1.2' })).toMatch(/^TLSv1\.2 /);
    server.close();
  });

  test('plain HTTP is refused by every port', async () => {
    for (const [name, port] of ports()) {
      expect([name, [400, 'refused']]).toEqual([name, expect.arrayContaining([await askPlain(port, '/')])]);
    }
  });

  test('every server is verified by its authority, and by no other', async () => {
    for (const [name, port] of ports()) {
      const other = name.startsWith('etcd') ? admin.ca : etcdCa();
      expect([name, await negotiate(port, { ...client(name), ca: other })]).toEqual([name, 'refused']);
    }
  });
});

describe('etcd', () => {
  const health = (credentials: Credentials) => ask(plane.ports.etcdClient, '/health', credentials);

  test('answers the API server', async () => {
    expect((await health(identity('apiserver-etcd-client', etcdCa()))).status).toBe(200);
  });

  test('refuses a client without a certificate', async () => {
    await expect(health({ ca: etcdCa() })).rejects.toThrow();
  });

  test('refuses an administrator of the cluster', async () => {
    await expect(health({ ...admin, ca: etcdCa() })).rejects.toThrow();
  });

  test('refuses a certificate of its own authority that is not the API server’s', async () => {
    const other = await signed('etcd/ca', { commonName: 'kube-apiserver-etcd-client' });
    await expect(health({ ...other, ca: etcdCa() })).rejects.toThrow();
    await expect(health(identity('etcd/peer', etcdCa()))).rejects.toThrow();
  });

  test('admits only peers on the port of peers', async () => {
    const version = (name: string) => ask(plane.ports.etcdPeer, '/version', identity(name, etcdCa()));
    expect((await version('etcd/peer')).status).toBe(200);
    await expect(version('apiserver-etcd-client')).rejects.toThrow();
  });

  test('has no JSON gateway, no profiling, and no origin may call it', async () => {
    const own = identity('apiserver-etcd-client', etcdCa());
    const range = await ask(plane.ports.etcdClient, '/v3/kv/range', own, {
      method: 'POST',
      body: { key: 'Lw==' },
    });
    expect(range.status).toBe(404);
    expect((await ask(plane.ports.etcdClient, '/debug/pprof/', own)).status).toBe(404);
    const origin = 'https://elsewhere.example.com';
    const answer = await ask(plane.ports.etcdClient, '/health', own, { headers: { origin } });
    expect(answer.allowedOrigin).not.toBe('*');
    expect(answer.allowedOrigin).not.toBe(origin);
  });
});

describe('encryption at rest', () => {
  test.each([
    ['secrets', (value: string) => ({ stringData: { key: value } })],
    ['configmaps', (value: string) => ({ data: { key: value } })],
  ])('%s are ciphertext in etcd', async (resource, content) => {
    const canary = `canary-${randomBytes(8).toString('hex')}`;
    const path = `/api/v1/namespaces/${namespace}/${resource}`;
    const body = { metadata: { name: 'encrypted' }, ...content(canary) };
    expect((await api('POST', path, body)).status).toBe(201);
    const raw = await readEtcd(plane.etcd, `/registry/${resource}/${namespace}/encrypted`);
    expect(raw?.toString('latin1')).toMatch(/^k8s:enc:secretbox:v1:key-[0-9a-f]{8}:/);
    expect(raw?.includes(canary)).toBe(false);
    const read = await api('GET', `${path}/encrypted`);
    expect(read.body).toContain(resource === 'secrets' ? Buffer.from(canary).toString('base64') : canary);
  });

  test('a namespace, which is not encrypted, shows what the check would see', async () => {
    const raw = await readEtcd(plane.etcd, `/registry/namespaces/${namespace}`);
    expect(raw?.includes(namespace)).toBe(true);
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
    readFileSync(plane.auditLog, 'utf8')
      .split('\n')
      .filter((line) => line.includes(text))
      .map((line) => JSON.parse(line) as Event);

  test('holds the read of a Secret, and neither its value nor that of a token', async () => {
    const canary = `canary-${randomBytes(8).toString('hex')}`;
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    await api('POST', path, { metadata: { name: 'audited' }, stringData: { key: canary } });
    await api('GET', `${path}/audited`);
    const token = await api('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`, {});
    expect(token.status).toBe(201);
    const value = (JSON.parse(token.body) as { status: { token: string } }).status.token;

    const reads = events(`${path}/audited`).filter(({ verb }) => verb === 'get');
    expect(reads.map(({ level, objectRef }) => [level, objectRef?.['name']])).toEqual([
      ['Metadata', 'audited'],
    ]);
    const log = readFileSync(plane.auditLog, 'utf8');
    for (const secret of [canary, Buffer.from(canary).toString('base64'), value]) {
      expect(log.includes(secret)).toBe(false);
    }
  });

  test('holds a change of a role with what was asked and what came of it', async () => {
    const name = `audited-${randomBytes(4).toString('hex')}`;
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`;
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    expect((await api('POST', path, { metadata: { name }, rules })).status).toBe(201);
    const [event] = events(name).filter(({ verb }) => verb === 'create');
    expect(event).toMatchObject({
      level: 'RequestResponse',
      requestObject: { rules },
      responseObject: { rules },
    });
  });

  test('holds an attempt to run a command in a pod', async () => {
    await api('POST', `/api/v1/namespaces/${namespace}/pods/nobody/exec?command=id`);
    const [event] = events('pods/nobody/exec');
    expect(event).toMatchObject({ level: 'RequestResponse', objectRef: { subresource: 'exec' } });
  });

  test('does not hold health checks', async () => {
    const marker = randomBytes(6).toString('hex');
    await ask(plane.ports.apiServer, `/livez?marker=${marker}`, nobody);
    expect(events(marker)).toEqual([]);
  });
});

describe('identities', () => {
  const whoAmI = async (credentials: Credentials, headers = {}) => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const answer = await ask(plane.ports.apiServer, path, credentials, { method: 'POST', body: {}, headers });
    const review = JSON.parse(answer.body) as {
      status: { userInfo?: { username: string; groups: string[] } };
    };
    return [answer.status, review.status.userInfo?.username, review.status.userInfo?.groups];
  };
  const claim = { 'x-remote-user': 'system:admin', 'x-remote-group': 'system:masters' };

  test('the administrator is bound by a role, not above all of them', async () => {
    expect(await whoAmI(admin)).toEqual([
      201,
      'keelson-admin',
      ['keelson:cluster-admins', 'system:authenticated'],
    ]);
  });

  test('only the front proxy may speak for another user', async () => {
    expect((await whoAmI(admin, claim))[1]).toBe('keelson-admin');
    const other = await signed('front-proxy-ca', { commonName: 'not-the-front-proxy' });
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const answer = await ask(plane.ports.apiServer, path, other, {
      method: 'POST',
      body: {},
      headers: claim,
    });
    expect(answer.status).toBe(401);
    expect((await whoAmI(identity('front-proxy-client', admin.ca), claim))[1]).toBe('system:admin');
  });

  test('a certificate of another authority is nobody', async () => {
    const stranger = await signed('etcd/ca', { organizations: ['system:masters'] });
    expect((await ask(plane.ports.apiServer, '/api', stranger)).status).toBe(401);
  });

  test('a user without a role may do nothing', async () => {
    const user = await signed('ca', { commonName: 'jane' });
    for (const path of ['/api/v1/secrets', '/api/v1/nodes', `/api/v1/namespaces/${namespace}/pods`]) {
      expect((await ask(plane.ports.apiServer, path, user)).status).toBe(403);
    }
  });

  test('a node changes itself and no other', async () => {
    const names = ['a', 'b'].map((suffix) => `${namespace}-${suffix}`);
    for (const name of names) await api('POST', '/api/v1/nodes', { metadata: { name } });
    const node = await signed('ca', {
      commonName: `system:node:${names[0]}`,
      organizations: ['system:nodes'],
    });
    const label = async (name = '') =>
      ask(plane.ports.apiServer, `/api/v1/nodes/${name}`, node, {
        method: 'PATCH',
        body: { metadata: { annotations: { changed: 'yes' } } },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    const answers = [await label(names[0]), await label(names[1])];
    for (const name of names) await api('DELETE', `/api/v1/nodes/${name}`);
    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
  });

  test('a token lasts at most a day, whatever was asked for', async () => {
    const body = { spec: { expirationSeconds: 30 * 86_400 } };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`;
    const answer = JSON.parse((await api('POST', path, body)).body) as {
      status: { expirationTimestamp: string };
    };
    const seconds = (Date.parse(answer.status.expirationTimestamp) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(23 * 3600);
    expect(seconds).toBeLessThan(25 * 3600);
  });
});

describe('admission', () => {
  const pod = (securityContext: object) => ({
    metadata: { name: 'pod' },
    spec: {
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'main', image: 'example.com/app:1', securityContext }],
    },
  });
  const restricted = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const create = (where: string, what: string, body: unknown) =>
    api('POST', `/api/v1/namespaces/${where}/${what}?dryRun=All`, body);

  test('a privileged pod is refused in a namespace without labels, kube-system included', async () => {
    for (const where of [namespace, 'kube-system']) {
      const answer = await create(where, 'pods', pod({ privileged: true }));
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('violates PodSecurity \\"restricted:v1.37\\"');
    }
  });

  test('a restricted pod is admitted', async () => {
    expect((await create(namespace, 'pods', pod(restricted))).status).toBe(201);
  });

  test('a Service takes over no external address', async () => {
    const spec = { ports: [{ port: 80 }], externalIPs: ['192.0.2.1'] };
    const answer = await create(namespace, 'services', { metadata: { name: 'service' }, spec });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('external');
  });

  test('a flood of events is stopped', async () => {
    const event = (index: number) => ({
      metadata: { name: `flood-${index}` },
      involvedObject: { kind: 'Namespace', name: namespace, namespace },
      reason: 'Flood',
    });
    const path = `/api/v1/namespaces/${namespace}/events`;
    const answers = await Promise.all(
      Array.from({ length: 250 }, (_, index) => api('POST', path, event(index))),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(201);
    expect(statuses).toContain(429);
  });
});

test('profiling is off everywhere', async () => {
  for (const port of [plane.ports.apiServer, plane.ports.controllerManager, plane.ports.scheduler]) {
    expect((await ask(port, '/debug/pprof/', admin)).status).toBe(404);
    expect((await ask(port, '/healthz', admin)).status).toBe(200);
  }
});

describe('on this machine', () => {
  test('the ports that are listened on are the declared ones, all on 127.0.0.1', () => {
    const listened = plane.processes.flatMap(({ pid }) => listenersOf(pid));
    expect([...listened].sort()).toEqual(
      Object.values(plane.ports)
        .map((port) => `127.0.0.1:${port}`)
        .sort(),
    );
  });

  test('files are private: 0600, folders 0700; only certificates and public keys may be read', () => {
    for (const entry of readdirSync(plane.stateDir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const expected = entry.isDirectory() ? 0o700 : /\.(crt|pub)$/.test(path) ? 0o644 : 0o600;
      expect([path, statSync(path).mode & 0o777]).toEqual([path, expected]);
    }
    expect(statSync(plane.stateDir).mode & 0o777).toBe(0o700);
  });

  test('no secret stands on a command line, in an environment or in a log', () => {
    const key = (JSON.parse(file('secrets/encryption-keys.json')) as { keys: { secret: string }[] }).keys[0]!
      .secret;
    for (const { pid, logFile } of plane.processes) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('PATH=/usr/bin:/bin\0');
      for (const text of [readFileSync(`/proc/${pid}/cmdline`, 'utf8'), readFileSync(logFile, 'utf8')]) {
        expect(text.includes(key)).toBe(false);
        expect(text.includes('PRIVATE KEY')).toBe(false);
        expect(text).not.toMatch(/eyJ[\w-]{20,}\.eyJ/);
      }
    }
  });

  test('no rendered file but the one for it holds the encryption key', () => {
    const key = (JSON.parse(file('secrets/encryption-keys.json')) as { keys: { secret: string }[] }).keys[0]!
      .secret;
    const holding = readdirSync(join(plane.stateDir, 'config'))
      .filter((name) => name.endsWith('.yaml'))
      .filter((name) => file(`config/${name}`).includes(key));
    expect(holding).toEqual(['encryption.yaml']);
  });
});

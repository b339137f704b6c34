import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { SharedPlane } from './support/shared-plane';
import { ask, askPlain, negotiate, type Credentials } from './support/wire';

let shared: SharedPlane;

beforeAll(async () => {
  shared = await SharedPlane.enter();
});
afterAll(() => shared.leave());

describe('anonymous requests', () => {
  test.each(['/livez', '/readyz', '/healthz'])('%s answers', async (path) => {
    expect((await ask(shared.plane.ports.apiServer, path, shared.nobody)).status).toBe(200);
  });

  test.each(['/api', '/version', '/metrics', '/openapi/v3', '/livez/etcd', '/api/v1/namespaces'])(
    '%s is refused',
    async (path) => {
      expect((await ask(shared.plane.ports.apiServer, path, shared.nobody)).status).toBe(401);
    },
  );

  test('a forged token is refused', async () => {
    const headers = { authorization: 'Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.AAAA' };
    expect((await ask(shared.plane.ports.apiServer, '/api', shared.nobody, { headers })).status).toBe(401);
  });

  test('controller manager and scheduler tell their health, and nothing else', async () => {
    for (const port of [shared.plane.ports.controllerManager, shared.plane.ports.scheduler]) {
      expect((await ask(port, '/healthz', shared.nobody)).status).toBe(200);
      for (const path of ['/metrics', '/configz', '/debug/pprof/']) {
        expect([path, (await ask(port, path, shared.nobody)).status]).toEqual([path, 403]);
      }
    }
  });
});

describe('TLS', () => {
  const ports = () => Object.entries(shared.plane.ports);
  /** With a certificate that each port accepts, so that only the version can be the reason. */
  const client = (name: string): Credentials =>
    name === 'etcdClient'
      ? shared.identity('apiserver-etcd-client', shared.etcdCa)
      : name === 'etcdPeer'
        ? shared.identity('etcd/peer', shared.etcdCa)
        : shared.admin;

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
    const own = shared.identity('apiserver', shared.admin.ca);
    const server = createServer({ key: own.key, cert: own.cert, maxVersion: 'TLSv1.2' });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await negotiate(port, { ca: shared.admin.ca, maxVersion: 'TLSv1.2' })).toMatch(/^TLSv1\.2 /);
    server.close();
  });

  test('plain HTTP is refused by every port', async () => {
    for (const [name, port] of ports()) {
      expect([name, [400, 'refused']]).toEqual([name, expect.arrayContaining([await askPlain(port, '/')])]);
    }
  });

  test('every server is verified by its authority, and by no other', async () => {
    for (const [name, port] of ports()) {
      const other = name.startsWith('etcd') ? shared.admin.ca : shared.etcdCa;
      expect([name, await negotiate(port, { ...client(name), ca: other })]).toEqual([name, 'refused']);
    }
  });
});

describe('etcd', () => {
  const health = (credentials: Credentials) => ask(shared.plane.ports.etcdClient, '/health', credentials);

  test('answers the API server', async () => {
    expect((await health(shared.identity('apiserver-etcd-client', shared.etcdCa))).status).toBe(200);
  });

  test('refuses a client without a certificate', async () => {
    await expect(health({ ca: shared.etcdCa })).rejects.toThrow();
  });

  test('refuses an administrator of the cluster', async () => {
    await expect(health({ ...shared.admin, ca: shared.etcdCa })).rejects.toThrow();
  });

  test('refuses a certificate of its own authority that is not the API server’s', async () => {
    const other = await shared.signed('etcd/ca', { commonName: 'kube-apiserver-etcd-client' });
    await expect(health({ ...other, ca: shared.etcdCa })).rejects.toThrow();
    await expect(health(shared.identity('etcd/peer', shared.etcdCa))).rejects.toThrow();
  });

  test('admits only peers on the port of peers', async () => {
    const version = (name: string) =>
      ask(shared.plane.ports.etcdPeer, '/version', shared.identity(name, shared.etcdCa));
    expect((await version('etcd/peer')).status).toBe(200);
    await expect(version('apiserver-etcd-client')).rejects.toThrow();
  });

  test('has no JSON gateway, no profiling, and no origin may call it', async () => {
    const own = shared.identity('apiserver-etcd-client', shared.etcdCa);
    const range = await ask(shared.plane.ports.etcdClient, '/v3/kv/range', own, {
      method: 'POST',
      body: { key: 'Lw==' },
    });
    expect(range.status).toBe(404);
    expect((await ask(shared.plane.ports.etcdClient, '/debug/pprof/', own)).status).toBe(404);
    const origin = 'https://elsewhere.example.com';
    const answer = await ask(shared.plane.ports.etcdClient, '/health', own, { headers: { origin } });
    expect(answer.allowedOrigin).not.toBe('*');
    expect(answer.allowedOrigin).not.toBe(origin);
  });
});

test('profiling is off everywhere', async () => {
  for (const port of [
    shared.plane.ports.apiServer,
    shared.plane.ports.controllerManager,
    shared.plane.ports.scheduler,
  ]) {
    expect((await ask(port, '/debug/pprof/', shared.admin)).status).toBe(404);
    expect((await ask(port, '/healthz', shared.admin)).status).toBe(200);
  }
});

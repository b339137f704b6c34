import { X509Certificate, createPrivateKey, sign, verify } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { generatePki, type KeyPair, type Pki } from '../../../pki';
import { sample } from '../control-plane/sample';
import { temporaryFolder } from '../support/folders';

const spec = sample().pki;
const leaves = [...spec.leaves, ...spec.kubeconfigs.map(({ identity }) => identity)];
const now = new Date();
let pki: Pki;

beforeAll(async () => {
  pki = (await generatePki(spec, { now })).pki;
});

function pair(name: string): KeyPair & { readonly certificate: string } {
  const found = pki.get(name);
  if (found?.certificate === undefined) throw new Error(`no certificate ${name}`);
  return { ...found, certificate: found.certificate };
}

const certificate = (name: string): X509Certificate => new X509Certificate(pair(name).certificate);

describe('each certificate', () => {
  test.each(leaves.map(({ name, authority }) => [name, authority]))(
    '%s chains to %s alone',
    (name, authority) => {
      for (const other of spec.authorities) {
        const issuer = certificate(other.name);
        const chains = certificate(name).checkIssued(issuer) && certificate(name).verify(issuer.publicKey);
        expect([other.name, chains]).toEqual([other.name, other.name === authority]);
      }
    },
  );

  test('has the key that it is for, on P-256', () => {
    for (const { name } of leaves) {
      const { privateKey } = pair(name);
      expect(certificate(name).checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
      expect(createPrivateKey(privateKey).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    }
  });

  test('has a serial number and a key of its own', () => {
    const names = [...leaves, ...spec.authorities].map(({ name }) => name);
    expect(new Set(names.map((name) => certificate(name).serialNumber)).size).toBe(names.length);
    expect(new Set(names.map((name) => pair(name).publicKey)).size).toBe(names.length);
    for (const name of names) expect(certificate(name).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test('lasts as long as its specification says, and never longer than its authority', () => {
    for (const { name, authority, lifetimeDays } of leaves) {
      const end = Date.parse(certificate(name).validTo);
      expect(Math.abs(end - now.getTime() - lifetimeDays * 86_400_000)).toBeLessThan(2_000);
      expect(end).toBeLessThanOrEqual(Date.parse(certificate(authority).validTo));
    }
  });

  test('is no authority; authorities are', () => {
    for (const { name } of leaves) expect(certificate(name).ca).toBe(false);
    for (const { name } of spec.authorities) expect(certificate(name).ca).toBe(true);
  });
});

test('a certificate near the end of its authority ends with it', async () => {
  const end = Date.parse(certificate('ca').validTo);
  const late = new Date(end - 5 * 365 * 86_400_000 * 0.6);
  const short = { ...spec, leaves: spec.leaves.map((leaf) => ({ ...leaf, lifetimeDays: 3650 })) };
  const { pki: renewed } = await generatePki(short, { now: late, existing: pki });
  expect(new X509Certificate(renewed.get('apiserver')?.certificate ?? '').validTo).toBe(
    certificate('ca').validTo,
  );
});

test('the service account keys belong together and have no certificate', () => {
  const keys = pki.get('sa');
  const token = Buffer.from('a token');
  const signature = sign('sha256', token, keys?.privateKey ?? '');
  expect(verify('sha256', token, keys?.publicKey ?? '', signature)).toBe(true);
  expect(keys?.certificate).toBeUndefined();
});

(spawnSync('openssl', ['version']).status === 0 ? test : test.skip)(
  'openssl reads the extensions as they are meant',
  () => {
    const folder = temporaryFolder();
    const openssl = (...args: string[]): string =>
      execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
    for (const name of ['ca', 'etcd/ca', 'apiserver', 'apiserver-etcd-client']) {
      writeFileSync(join(folder, `${name.replace('/', '-')}.crt`), pair(name).certificate);
    }
    const text = (name: string): string =>
      openssl('x509', '-in', join(folder, `${name}.crt`), '-noout', '-text');
    expect(text('ca')).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text('ca')).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(text('apiserver')).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text('apiserver')).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(text('apiserver')).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/);
    expect(text('apiserver')).toMatch(/Subject Key Identifier/);
    expect(text('apiserver')).toMatch(/Authority Key Identifier/);
    const check = (ca: string, purpose: string, leaf: string): boolean => {
      try {
        openssl(
          'verify',
          '-CAfile',
          join(folder, `${ca}.crt`),
          '-purpose',
          purpose,
          join(folder, `${leaf}.crt`),
        );
        return true;
      } catch {
        return false;
      }
    };
    expect(check('ca', 'sslserver', 'apiserver')).toBe(true);
    expect(check('ca', 'sslclient', 'apiserver')).toBe(false);
    expect(check('etcd-ca', 'sslclient', 'apiserver-etcd-client')).toBe(true);
    expect(check('etcd-ca', 'sslserver', 'apiserver-etcd-client')).toBe(false);
    expect(check('ca', 'sslclient', 'apiserver-etcd-client')).toBe(false);
  },
);

describe('in a TLS handshake', () => {
  /** Connects both ends with the names given; resolves to whether each accepted the other. */
  async function handshake(
    server: string,
    serverCa: string,
    client: string,
    clientCa: string,
  ): Promise<boolean> {
    const listener = createServer({
      key: pair(server).privateKey,
      cert: pair(server).certificate,
      ca: pair(clientCa).certificate,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    });
    const accepted = new Promise<boolean>((resolve) => {
      listener.on('secureConnection', (socket: TLSSocket) => {
        resolve(socket.authorized);
        socket.destroy();
      });
      listener.on('tlsClientError', () => resolve(false));
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as { port: number };
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca: pair(serverCa).certificate,
      key: pair(client).privateKey,
      cert: pair(client).certificate,
    });
    const trusted = new Promise<boolean>((resolve) => {
      socket.on('secureConnect', () => resolve(socket.authorized));
      socket.on('error', () => resolve(false));
    });
    const both = await Promise.all([accepted, trusted]);
    socket.destroy();
    listener.close();
    return both.every(Boolean);
  }

  test('the API server and etcd accept each other', async () => {
    expect(await handshake('etcd/server', 'etcd/ca', 'apiserver-etcd-client', 'etcd/ca')).toBe(true);
  });

  test('an administrator of the cluster is nobody to etcd', async () => {
    expect(await handshake('etcd/server', 'etcd/ca', 'kubeconfig/admin', 'etcd/ca')).toBe(false);
  });

  test('a client certificate cannot serve, a server certificate cannot be a client', async () => {
    expect(await handshake('kubeconfig/admin', 'ca', 'kubeconfig/scheduler', 'ca')).toBe(false);
    expect(await handshake('apiserver', 'ca', 'scheduler', 'ca')).toBe(false);
    expect(await handshake('apiserver', 'ca', 'kubeconfig/scheduler', 'ca')).toBe(true);
  });
});

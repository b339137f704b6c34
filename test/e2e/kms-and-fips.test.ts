/** Other ways to encrypt at rest than the default, on control planes of their own: a KMS plugin, and approved algorithms alone. */
import { spawn, type ChildProcess } from 'node:child_process';
import { X509Certificate, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { rotateEncryptionKey } from '../../cli/rotate-encryption-key';
import { KeyRing } from '../../local';
import { EtcdClient, ApiClient, readKubeconfig, rewriteAll } from '../../probes';
import { PROJECT } from './support/keelson';
import { OwnPlane } from './support/own-plane';

jest.setTimeout(600_000);

const PATH = '/api/v1/namespaces/default/secrets';
const CANARY = `canary-${randomBytes(8).toString('hex')}`;
const body = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'canary' },
  data: { value: Buffer.from(CANARY).toString('base64') },
};

async function stored(own: OwnPlane, name = 'canary'): Promise<Buffer> {
  const etcd = new EtcdClient(own.plane.etcd);
  try {
    return (await etcd.read(`/registry/secrets/default/${name}`)) ?? Buffer.alloc(0);
  } finally {
    etcd.close();
  }
}

/** Waits until something holds, at most two minutes: what is waited for is looked at once in some seconds. */
async function until(check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(500)) if (await check()) return;
  throw new Error('it did not come true within two minutes');
}

describe('a KMS plugin', () => {
  const own = new OwnPlane();
  const folder = mkdtempSync(join(tmpdir(), 'keelson-kms-'));
  const socket = join(folder, 'plugin.sock');
  const keyFile = join(folder, 'keys.json');
  const keys = [{ id: 'first', key: randomBytes(32).toString('base64') }];
  let plugin: ChildProcess;

  const save = (): void => writeFileSync(keyFile, JSON.stringify(keys), { mode: 0o600 });
  const startPlugin = async (): Promise<void> => {
    rmSync(socket, { force: true });
    const program = join(PROJECT, 'test/tools/kms-plugin/main.ts');
    plugin = spawn(process.execPath, ['--import', 'tsx', program, socket, keyFile], {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((ready, fail) => {
      plugin.stdout!.once('data', () => ready());
      plugin.once('exit', (code) => fail(new Error(`the plugin ended with ${code}`)));
    });
  };
  const stopPlugin = async (): Promise<void> => {
    const ended = new Promise((done) => plugin.once('exit', done));
    plugin.removeAllListeners('exit');
    plugin.once('exit', () => undefined);
    plugin.kill();
    await Promise.race([ended, sleep(5_000)]);
  };

  beforeAll(async () => {
    save();
    await startPlugin();
    await own.start({ kms: { name: 'plugin', socket } });
    expect((await own.api('POST', PATH, body)).status).toBe(201);
  });
  afterAll(async () => {
    await own.clear();
    await stopPlugin();
    rmSync(folder, { recursive: true, force: true });
  });

  test('only its user may open its socket', () => {
    expect(statSync(socket).mode & 0o777).toBe(0o600);
  });

  test('what etcd stores names the plugin, and holds no plain text', async () => {
    const value = await stored(own);
    expect(value.subarray(0, 22).toString('latin1')).toBe('k8s:enc:kms:v2:plugin:');
    expect(value.includes(CANARY)).toBe(false);
    expect(value.includes('first')).toBe(true);
  });

  test('the command takes no value out of the plugin unless it is told to', async () => {
    const progress = (): void => undefined;
    await expect(rotateEncryptionKey({ controlPlane: own.plane.stateDir, progress })).rejects.toThrow(
      "The plugin 'plugin' keeps the keys",
    );
    expect((await KeyRing.open(own.plane.stateDir)).rotation).toBeUndefined();
  });

  test("the plugin's next key writes once everything is written again, and the first is needed no more", async () => {
    keys.push({ id: 'second', key: randomBytes(32).toString('base64') });
    save();
    const api = new ApiClient(readKubeconfig(own.plane.kubeconfig));
    try {
      await until(async () => {
        await rewriteAll(api, '/api/v1/secrets');
        return (await stored(own)).includes('second');
      });
    } finally {
      api.close();
    }
    expect((await stored(own)).includes('first')).toBe(false);
  });

  test('while it is away, the API server is not ready; when it is back, it is', async () => {
    expect((await own.api('GET', '/readyz')).status).toBe(200);
    await stopPlugin();
    await until(async () => (await own.api('GET', '/readyz')).status === 500);
    const { body: told } = await own.api('GET', '/readyz?verbose');
    expect(told).toMatch(/kms-providers failed/);
    await startPlugin();
    await until(async () => (await own.api('GET', '/readyz')).status === 200);
    const { body: answer } = await own.api('GET', `${PATH}/canary`);
    expect((JSON.parse(answer) as typeof body).data).toEqual(body.data);
  });
});

describe('the FIPS profile', () => {
  const own = new OwnPlane();
  beforeAll(async () => {
    await own.start({ controlPlane: { cryptography: 'fips' } });
    expect((await own.api('POST', PATH, body)).status).toBe(201);
  });
  afterAll(() => own.clear());

  /** How one handshake with one suite of TLS 1.3 went. */
  const handshake = (port: number, suite: string): Promise<string> =>
    new Promise((done) => {
      const { ca, cert, key } = own.admin;
      const identity = { ca, cert, key, rejectUnauthorized: false };
      const client = connect({ host: '127.0.0.1', port, ciphers: suite, minVersion: 'TLSv1.3', ...identity });
      const finish = (seen: string): void => {
        client.destroy();
        done(seen);
      };
      client.setTimeout(10_000, () => finish('no answer'));
      client.once('secureConnect', () => finish(client.getCipher().name));
      client.once('error', (error: NodeJS.ErrnoException) => finish(`refused (${error.code})`));
    });

  test.each(['apiServer', 'etcdClient', 'etcdPeer', 'controllerManager', 'scheduler'] as const)(
    'the port of %s refuses ChaCha20, and takes AES',
    async (name) => {
      const port = own.plane.ports[name];
      expect(await handshake(port, 'TLS_CHACHA20_POLY1305_SHA256')).toMatch(/^refused \(ERR_SSL_/);
      expect(await handshake(port, 'TLS_AES_256_GCM_SHA384')).toBe('TLS_AES_256_GCM_SHA384');
    },
  );

  test('every certificate is on P-384 and signed with SHA-384', () => {
    for (const name of ['ca', 'apiserver', 'etcd/ca', 'etcd/server', 'front-proxy-client', 'scheduler']) {
      const certificate = new X509Certificate(own.file(`pki/${name}.crt`));
      expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
      expect(certificate.raw.includes(Buffer.from('2a8648ce3d040303', 'hex'))).toBe(true);
    }
  });

  test('a rotation to a method that the profile does not have is refused, and has not begun', async () => {
    const controlPlane = own.plane.stateDir;
    const next = { method: 'secretbox' } as const;
    await expect(
      rotateEncryptionKey({ controlPlane, next, progress: (): void => undefined }),
    ).rejects.toThrow("The profile 'fips' does not approve of secretbox");
    expect((await KeyRing.open(controlPlane)).rotation).toBeUndefined();
  });

  test('what etcd stores is under AES-GCM', async () => {
    expect((await stored(own)).subarray(0, 18).toString('latin1')).toBe('k8s:enc:aesgcm:v1:');
  });

  test('a control plane of the other profile takes ChaCha20: the switch is what refuses it', async () => {
    const modern = new OwnPlane();
    try {
      await modern.start();
      const suite = 'TLS_CHACHA20_POLY1305_SHA256';
      const seen = await new Promise((done) => {
        const client = connect(
          {
            host: '127.0.0.1',
            port: modern.plane.ports.apiServer,
            ciphers: suite,
            rejectUnauthorized: false,
          },
          () => {
            done(client.getCipher().name);
            client.destroy();
          },
        );
        client.once('error', (error) => done(String(error)));
      });
      expect(seen).toBe(suite);
    } finally {
      await modern.clear();
    }
  });
});

import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { SessionPool } from '../../../../provider/ssh/pool';
import type { Connection } from '../../../../provider';
import { temporaryFolder } from '../../support/folders';
import { places, problemsOfAsync } from '../../support/problems';

const HOST_KEY = `ssh-ed25519 ${'A'.repeat(68)}`;

function keyFile(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const path = join(temporaryFolder(), 'key');
  writeFileSync(path, privateKey, { mode: 0o600 });
  return path;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A port of this machine on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const at = (port: number, identityFile?: string): Connection => ({
  ...{ host: '127.0.0.1', port, hostKey: HOST_KEY },
  ...(identityFile === undefined ? {} : { identityFile }),
});

test('a machine that does not answer is one clear error, each time anew', async () => {
  const pool = new SessionPool();
  const connection = at(await freePort(), keyFile());
  for (let time = 0; time < 2; time++) {
    const problems = await problemsOfAsync(() => pool.run(connection, 'true'));
    expect(places(problems)).toEqual([`root@127.0.0.1:${connection.port} [node/unreachable]`]);
    expect(problems[0]!.message).toContain('ECONNREFUSED');
    expect(problems[0]!.fix).toContain('the machine runs');
  }
  pool.close();
});

test('a server that hangs up is one clear error', async () => {
  const server = createServer((socket) => socket.end());
  const port = await listening(server);
  const pool = new SessionPool();
  try {
    const problems = await problemsOfAsync(() => pool.run(at(port, keyFile()), 'true'));
    expect(places(problems)).toEqual([`root@127.0.0.1:${port} [node/unreachable]`]);
  } finally {
    pool.close();
    server.close();
  }
});

test('a key that is not there is named before anybody is called', async () => {
  const pool = new SessionPool();
  const path = join(temporaryFolder(), 'missing');
  const problems = await problemsOfAsync(async () => pool.run(at(await freePort(), path), 'true'));
  expect(problems).toMatchObject([{ code: 'node/login' }]);
  expect(problems[0]!.message).toContain(path);
});

test('a file that is no key is refused, and its content is not shown', async () => {
  const pool = new SessionPool();
  const path = join(temporaryFolder(), 'key');
  writeFileSync(path, 'canary-of-a-key');
  const problems = await problemsOfAsync(async () => pool.run(at(await freePort(), path), 'true'));
  expect(problems).toMatchObject([{ code: 'node/login' }]);
  expect(JSON.stringify(problems)).not.toContain('canary');
});

test('without a key and without an agent it says so', async () => {
  const { SSH_AUTH_SOCK: before } = process.env;
  delete process.env.SSH_AUTH_SOCK;
  try {
    const pool = new SessionPool();
    const problems = await problemsOfAsync(async () => pool.run(at(await freePort()), 'true'));
    expect(problems).toMatchObject([{ code: 'node/login', fix: 'Give identityFile, or start ssh-agent.' }]);
  } finally {
    if (before !== undefined) process.env.SSH_AUTH_SOCK = before;
  }
});

test('after the end nothing new starts', async () => {
  const pool = new SessionPool();
  pool.close();
  await expect(pool.run(at(1, keyFile()), 'true')).rejects.toThrow('cancelled');
});

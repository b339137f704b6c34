import { nextPhase, type KeyRotation } from '../../../constructs/control-plane';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KeyRing, type NewKey } from '../../../local/encryption-keys';
import { redact, startFailure } from '../../../local/failure';
import { encryptionKeysFile, stateFile } from '../../../local/layout';
import { withLock } from '../../../local/lock';
import { readState, writeState, type LocalState } from '../../../local/state';
import { temporaryFolder } from '../support/folders';
import { places, problemsOf, problemsOfAsync } from '../support/problems';

const state: LocalState = {
  ports: { apiServer: 1, etcdClient: 2, etcdPeer: 3, controllerManager: 4, scheduler: 5 },
  processes: [{ name: 'etcd', pid: 7, startedAt: 'boot/9', executable: '/bin/etcd', digest: 'd' }],
};

describe('the record', () => {
  test('is read as it was written, and is private', async () => {
    const folder = temporaryFolder();
    expect(await readState(folder)).toBeUndefined();
    await writeState(folder, state);
    expect(await readState(folder)).toEqual({ version: 1, ...state });
    expect(statSync(stateFile(folder)).mode & 0o777).toBe(0o600);
  });

  test.each(['', '{', '{"version":2}', '{"version":1,"ports":{"apiServer":0},"processes":[]}'])(
    'that says %j is refused, with the way out',
    async (text) => {
      const folder = temporaryFolder();
      writeFileSync(stateFile(folder), text);
      const problems = await problemsOfAsync(() => readState(folder));
      expect(places(problems)).toEqual([`${stateFile(folder)} [cli/state]`]);
      expect(problems[0]?.fix).toContain('remove the state folder');
    },
  );
});

/** How a first key is made. */
const FIRST = { method: 'secretbox' } as const;

describe('the encryption key', () => {
  test('is 32 random bytes, private, and stays with its name', async () => {
    const folder = temporaryFolder();
    const first = await KeyRing.open(folder, FIRST);
    expect(await KeyRing.open(folder)).toMatchObject({
      keys: first.keys,
      values: first.values,
    });
    expect(Buffer.from(first.values[0] ?? '', 'base64')).toHaveLength(32);
    expect(first.value(`encryption/${first.keys[0]!.name}`)).toBe(first.values[0]);
    expect(JSON.stringify(first.keys)).not.toContain(first.values[0]);
    expect(statSync(encryptionKeysFile(folder)).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(encryptionKeysFile(folder))).mode & 0o777).toBe(0o700);
  });

  test('that is lost is never replaced: a new one could read nothing', async () => {
    const problems = await problemsOfAsync(() => KeyRing.open(temporaryFolder()));
    expect(problems[0]).toMatchObject({
      code: 'cli/state',
      fix: expect.stringContaining('Restore the file'),
    });
  });

  test.each([
    ['is too short', Buffer.alloc(16, 1).toString('base64'), 'has 16 bytes; 32 are needed'],
    ['is too long', Buffer.alloc(33, 1).toString('base64'), 'has 33 bytes; 32 are needed'],
    ['is no base64', 'canary-canary-canary', '20 characters, which are no base64'],
  ])('that %s is refused by its length, without being quoted', async (_, secret, message) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(encryptionKeysFile(folder), JSON.stringify({ keys: [{ name: 'key-1', secret }] }));
    const problems = await problemsOfAsync(() => KeyRing.open(folder));
    expect(problems[0]).toMatchObject({ where: `${encryptionKeysFile(folder)}, key key-1` });
    expect(problems[0]?.message).toContain(message);
    expect(JSON.stringify(problems)).not.toContain(secret);
  });

  test('does not begin a rotation to what the profile has not, or to what is no plugin', async () => {
    const ring = await KeyRing.open(temporaryFolder(), FIRST);
    const refused = (next: NewKey, profile?: 'fips') => problemsOfAsync(() => ring.begin(next, profile));
    expect((await refused({ method: 'secretbox' }, 'fips'))[0]?.message).toContain("The profile 'fips'");
    const kms = { name: 'vault', socket: 'plugin.sock' };
    expect((await refused({ method: 'secretbox', kms }))[0]?.message).toContain('is no path of a socket');
    expect(ring.rotation).toBeUndefined();
  });

  test('is not written over by a run that slept while others rotated: their keys would be lost', async () => {
    const folder = temporaryFolder();
    await KeyRing.open(folder, FIRST);
    const asleep = await KeyRing.open(folder);
    const begun = await asleep.begin({ method: 'secretbox' });
    await (await KeyRing.open(folder)).finish();
    await (await KeyRing.open(folder)).begin({ method: 'aesgcm' });
    const before = readFileSync(encryptionKeysFile(folder), 'utf8');
    for (const late of [() => asleep.reach({ ...begun, phase: 'drop' }), () => asleep.finish()])
      expect((await problemsOfAsync(late))[0]).toMatchObject({
        code: 'cli/state',
        message: 'Another run changed the keys meanwhile.',
      });
    expect(readFileSync(encryptionKeysFile(folder), 'utf8')).toBe(before);
  });

  test('goes through a rotation that survives every interruption: what is on disk is always whole', async () => {
    const folder = temporaryFolder();
    const first = await KeyRing.open(folder, FIRST);
    const [old] = first.keys;
    const seen: string[][] = [];
    let rotation: KeyRotation | undefined = await first.begin({ method: 'aesgcm' });
    for (; rotation !== undefined; rotation = nextPhase(rotation)) {
      const ring: KeyRing = await KeyRing.open(folder);
      await ring.reach(rotation);
      const again = await KeyRing.open(folder);
      expect(again.rotation).toEqual(rotation);
      // A second begin goes on with the first one.
      expect(await again.begin({ method: 'secretbox' })).toEqual(rotation);
      seen.push(again.keys.map(({ name }) => name));
      for (const key of again.keys) expect(again.value(`encryption/${key.name}`)).toHaveLength(44);
    }
    await (await KeyRing.open(folder)).finish();
    const last = await KeyRing.open(folder);
    const [next] = last.keys;
    expect(last.rotation).toBeUndefined();
    expect(next).toMatchObject({ method: 'aesgcm', madeOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
    expect(seen).toEqual([
      [old!.name, next!.name],
      [next!.name, old!.name],
      [next!.name, old!.name],
      [next!.name],
    ]);
    expect(last.values).toHaveLength(1);
  });

  test('that is damaged is refused without being quoted', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(encryptionKeysFile(folder), '{"keys": "canary');
    const problems = await problemsOfAsync(() => KeyRing.open(folder));
    expect(JSON.stringify(problems)).not.toContain('canary');
  });
});

describe('the lock', () => {
  test('lets one run in after the other', async () => {
    const folder = temporaryFolder();
    const events: string[] = [];
    const run = (name: string) =>
      withLock(
        folder,
        async () => {
          events.push(`${name} in`);
          await new Promise((resolve) => setTimeout(resolve, 300));
          events.push(`${name} out`);
        },
        { onWait: () => events.push(`${name} waits`) },
      );
    await Promise.all([run('a'), run('b')]);
    const waits = events.filter((event) => event.endsWith('waits'));
    expect(waits).toHaveLength(1);
    const [first, second] = waits[0] === 'b waits' ? ['a', 'b'] : ['b', 'a'];
    expect(events.filter((event) => !event.endsWith('waits'))).toEqual([
      `${first} in`,
      `${first} out`,
      `${second} in`,
      `${second} out`,
    ]);
  });

  test('is given back when the work fails', async () => {
    const folder = temporaryFolder();
    await expect(withLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(folder, () => Promise.resolve('yes'))).toBe('yes');
  });

  test('is not waited for after an interrupt', async () => {
    const folder = temporaryFolder();
    const abort = new AbortController();
    await withLock(folder, async () => {
      const second = withLock(folder, () => Promise.resolve(), { signal: abort.signal });
      abort.abort(new Error('interrupted'));
      await expect(second).rejects.toThrow('interrupted');
    });
  });
});

describe('a failure', () => {
  test('quotes the end of the log without secrets', () => {
    const folder = temporaryFolder();
    const log = join(folder, 'log');
    const token = `eyJhbGciOiJFUzI1NiJ9.${'a'.repeat(20)}.signature`;
    const pem = '-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----';
    writeFileSync(log, `old\n1\n2\nkey c2VjcmV0 here\n${token}\n${pem}\nbad flag\n`);
    const problem = problemsOf(() => {
      throw startFailure('etcd', 'exit code 1', log, ['c2VjcmV0']);
    })[0];
    expect(problem).toMatchObject({ code: 'local/start', where: 'etcd' });
    expect(problem?.message).toContain('It did not come up: exit code 1.');
    expect(problem?.message).toContain('bad flag');
    for (const secret of ['c2VjcmV0', token, 'MIGHAgEA', 'old'])
      expect(problem?.message).not.toContain(secret);
  });

  test('over a port is told as one', () => {
    const log = join(temporaryFolder(), 'log');
    writeFileSync(log, 'listen tcp 127.0.0.1:1: bind: address already in use\n');
    expect(startFailure('etcd', 'exit code 1', log, []).problems[0]?.code).toBe('local/port');
  });

  test('redacts a key that the log cuts off', () => {
    expect(redact('x -----BEGIN EC PRIVATE KEY-----\nabc', [])).toBe('x <secret>');
  });

  test('leaves the log itself as it is', () => {
    const log = join(temporaryFolder(), 'log');
    writeFileSync(log, 'one\n');
    startFailure('etcd', 'exit code 1', log, []);
    expect(readFileSync(log, 'utf8')).toBe('one\n');
  });
});

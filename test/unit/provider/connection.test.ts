import { connectionSchema, nameOf } from '../../../provider/connection';

const HOST_KEY = `ssh-ed25519 ${'A'.repeat(68)}`;
const GOOD = { host: '10.0.0.1', hostKey: HOST_KEY };

/** The names of what is refused. */
function refused(connection: object): readonly string[] {
  return (connectionSchema.safeParse(connection).error?.issues ?? []).map(({ path }) => path.join('.'));
}

test.each([
  [{}],
  [{ host: 'cp-1.example' }],
  [{ host: 'fd00::1' }],
  [{ hostKey: `${HOST_KEY} root@cp-1` }],
  [{ hostKey: `ecdsa-sha2-nistp256 ${'A'.repeat(10)}==` }],
  [{ port: 65535, user: 'admin', identityFile: '/home/admin/key' }],
])('taken: %j', (change) => {
  expect(refused({ ...GOOD, ...change })).toEqual([]);
});

test('there is no connection without the key of the machine', () => {
  expect(refused({ host: '10.0.0.1' })).toEqual(['hostKey']);
  const [issue] = connectionSchema.safeParse({ host: '10.0.0.1' }).error!.issues;
  expect(issue!.message).toBe('is needed: the public key of the machine');
});

test.each([
  ['hostKey', ''],
  ['hostKey', '*'],
  ['hostKey', 'ssh-dss AAAA'],
  ['hostKey', 'ssh-ed25519'],
  ['hostKey', `${HOST_KEY}\nssh-rsa AAAA`],
  ['host', ''],
  ['host', '-oProxyCommand=x'],
  ['host', 'a b'],
  ['host', '10.0.0.1\n'],
  ['port', 0],
  ['port', 65536],
  ['port', 22.5],
  ['user', 'Root'],
  ['user', '-l'],
  ['user', 'a;b'],
  ['identityFile', ''],
])('refused: %s %j', (name, value) => {
  expect(refused({ ...GOOD, [name]: value })).toEqual([name]);
});

test('what a connection does not know is refused: a password has no place in it', () => {
  expect(connectionSchema.safeParse({ ...GOOD, password: 'x' }).success).toBe(false);
});

test('the name shows the user, and the port where it is another', () => {
  expect(nameOf(GOOD)).toBe('root@10.0.0.1');
  expect(nameOf({ ...GOOD, port: 22 })).toBe('root@10.0.0.1');
  expect(nameOf({ ...GOOD, user: 'admin', port: 2222 })).toBe('admin@10.0.0.1:2222');
});

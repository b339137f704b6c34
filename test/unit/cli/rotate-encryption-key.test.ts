import { refuseOtherMethod } from '../../../cli/rotate-encryption-key';
import { beginRotation, SecretReference } from '../../../constructs/control-plane';

const key = (name: string) => ({ name, secret: new SecretReference(name) });
const underWay = beginRotation([key('old')], key('new'));

test('a rotation that is under way is not told to end in another method', () => {
  expect(() => refuseOtherMethod(underWay, { method: 'aesgcm' })).toThrow(
    'A rotation to secretbox is under way, and aesgcm was asked for.',
  );
  const kms = { name: 'vault', socket: '/run/vault.sock' };
  expect(() => refuseOtherMethod(underWay, { method: 'secretbox', kms })).toThrow('kms was asked for');
});

test('the same method, none, and no rotation go on', () => {
  expect(() => refuseOtherMethod(underWay, { method: 'secretbox' })).not.toThrow();
  expect(() => refuseOtherMethod(underWay, undefined)).not.toThrow();
  expect(() => refuseOtherMethod(undefined, { method: 'aesgcm' })).not.toThrow();
});

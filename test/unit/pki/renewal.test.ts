import { createPublicKey, X509Certificate } from 'node:crypto';
import * as fc from 'fast-check';
import type { PkiSpec } from '../../../constructs/control-plane';
import { generatePki, type Pki } from '../../../pki';
import { sample } from '../control-plane/sample';

const spec = sample().pki;
const names = [
  ...spec.authorities.map(({ name }) => name),
  ...spec.leaves.map(({ name }) => name),
  ...spec.kubeconfigs.map(({ identity }) => identity.name),
];
const start = new Date('2026-01-01T00:00:00Z');
const after = (days: number): Date => new Date(start.getTime() + days * 86_400_000);
/** The object identifier of the signature algorithm, in DER. */
const ECDSA_WITH_SHA384 = Buffer.from('06082a8648ce3d040303', 'hex');
let existing: Pki;

beforeAll(async () => {
  const first = await generatePki(spec, { now: start });
  existing = first.pki;
  expect(first.renewed).toEqual([...names, 'sa']);
});

async function renewed(changed: PkiSpec = spec, days = 1, pki: Pki = existing): Promise<readonly string[]> {
  return (await generatePki(changed, { now: after(days), existing: pki })).renewed;
}

test('nothing is made anew while all is good', async () => {
  expect(await renewed()).toEqual([]);
  expect(await renewed(spec, 59)).toEqual([]);
});

test('certificates are renewed in the last third of their life; authorities and signing keys stay', async () => {
  const due = await renewed(spec, 61);
  expect(due).toEqual(names.filter((name) => !spec.authorities.some((authority) => authority.name === name)));
});

test('an authority in the last third of its life is renewed, with all that it signed', async () => {
  expect(await renewed(spec, 4 * 365)).toEqual(names);
});

test('a certificate of the future is not trusted: the clock was wrong', async () => {
  expect(await renewed(spec, -2)).toContain('apiserver');
});

test('a name that is added to the server renews its certificate alone', async () => {
  expect(await renewed(sample({ serverNames: ['api.example.com'] }).pki)).toEqual(['apiserver']);
});

test.each([
  ['subject', { commonName: 'other' }],
  ['groups', { organizations: ['others'] }],
  ['uses', { uses: ['client', 'server'] as const }],
  ['addresses', { ipAddresses: ['::1'] }],
])('other %s renew a certificate', async (_, change) => {
  const leaves = spec.leaves.map((leaf) => (leaf.name === 'scheduler' ? { ...leaf, ...change } : leaf));
  expect(await renewed({ ...spec, leaves })).toEqual(['scheduler']);
});

test('another profile makes every key and certificate anew, on its curve and with its hash', async () => {
  const changed = sample({
    cryptography: 'fips',
    encryption: { keys: [{ method: 'kms', name: 'vault', socket: '/run/kms/plugin.sock' }] },
  }).pki;
  const { pki, renewed: made } = await generatePki(changed, { now: after(1), existing });
  expect(made).toEqual([...names, 'sa']);
  for (const { privateKey, certificate } of pki.values()) {
    expect(createPublicKey(privateKey).asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
    if (certificate !== undefined)
      expect(new X509Certificate(certificate).raw.includes(ECDSA_WITH_SHA384)).toBe(true);
  }
  expect(await renewed(changed, 2, pki)).toEqual([]);
});

test('an authority that is lost takes what it signed with it, and nothing else', async () => {
  const without = new Map([...existing].filter(([name]) => name !== 'etcd/ca'));
  expect(await renewed(spec, 1, without)).toEqual([
    'etcd/ca',
    'etcd/server',
    'etcd/peer',
    'apiserver-etcd-client',
  ]);
});

test('a damaged certificate, or one whose key is another, is made anew and never used', async () => {
  const other = existing.get('scheduler')!;
  const mixed = new Map(existing)
    .set('controller-manager', { ...existing.get('controller-manager')!, certificate: 'nonsense' })
    .set('apiserver', { ...existing.get('apiserver')!, privateKey: other.privateKey });
  expect(await renewed(spec, 1, mixed)).toEqual(['apiserver', 'controller-manager']);
});

test('whatever is missing is made, whatever is there stays, and the result needs no second pass', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray([...names, 'sa']), async (lost) => {
      const left = new Map([...existing].filter(([name]) => !lost.includes(name)));
      const { pki, renewed: made } = await generatePki(spec, { now: after(1), existing: left });
      expect(made).toEqual(expect.arrayContaining(lost));
      for (const [name, pair] of pki) expect(pair === existing.get(name)).toBe(!made.includes(name));
      expect(await renewed(spec, 1, pki)).toEqual([]);
    }),
    { numRuns: 8 },
  );
});

test('a specification that names an unknown authority is refused', async () => {
  const [leaf] = spec.leaves;
  const wrong = { ...spec, leaves: [{ ...leaf!, authority: 'nobody' }] };
  await expect(generatePki(wrong, { now: start })).rejects.toThrow('the authority nobody');
});

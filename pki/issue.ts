import { randomBytes } from 'node:crypto';
import type { AuthoritySpec, Curve, LeafSpec } from '../constructs/control-plane';
import { curveOf, exportPair, generateKey, importSigningKey, type KeyPair } from './key-pair';
import { DEFAULT_CURVE, signingAlgorithm, x509 } from './x509';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Certificates are valid from this long before they are made, in ms: the clocks of two machines differ. */
export const CLOCK_SKEW = 5 * MINUTE;

/** A positive serial number of 127 random bits. Source: RFC 5280, 4.1.2.2. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** A distinguished name: one CN, and one O for each organization. */
function subject(commonName: string, organizations: readonly string[] = []): x509Name {
  return [{ CN: [commonName] }, ...organizations.map((name) => ({ O: [name] }))];
}
type x509Name = { [type: string]: string[] }[];

function validity(now: Date, lifetimeDays: number, atMost?: Date): { notBefore: Date; notAfter: Date } {
  const end = now.getTime() + lifetimeDays * DAY;
  return {
    notBefore: new Date(now.getTime() - CLOCK_SKEW),
    notAfter: new Date(Math.min(end, atMost?.getTime() ?? end)),
  };
}

/** A new self-signed authority that signs end certificates only (path length 0). Source: NET-4. */
export async function issueAuthority(
  spec: AuthoritySpec,
  now: Date,
  curve: Curve = DEFAULT_CURVE,
): Promise<KeyPair> {
  const keys = await generateKey(curve);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: subject(spec.commonName),
    ...validity(now, spec.lifetimeDays),
    keys: keys,
    signingAlgorithm: signingAlgorithm(curve),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return exportPair(keys, certificate.toString('pem'));
}

/**
 * A new certificate, signed by an authority. It is good for the uses of its specification and nothing else, and never
 * outlives its authority. Source: NET-4.
 */
export async function issueLeaf(
  spec: LeafSpec,
  authority: KeyPair,
  now: Date,
  curve: Curve = DEFAULT_CURVE,
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate ?? '');
  const keys = await generateKey(curve);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subject(spec.commonName, spec.organizations),
    issuer: issuer.subjectName,
    ...validity(now, spec.lifetimeDays, issuer.notAfter),
    publicKey: keys.publicKey,
    signingKey: await importSigningKey(authority.privateKey),
    signingAlgorithm: signingAlgorithm(curveOf(authority.privateKey) ?? DEFAULT_CURVE),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(
        spec.uses.map((use) => x509.ExtendedKeyUsage[use === 'server' ? 'serverAuth' : 'clientAuth']),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...alternativeNames(spec),
    ],
  });
  return exportPair(keys, certificate.toString('pem'));
}

function alternativeNames({
  dnsNames,
  ipAddresses,
}: LeafSpec): readonly InstanceType<typeof x509.Extension>[] {
  if (dnsNames.length + ipAddresses.length === 0) return [];
  return [
    new x509.SubjectAlternativeNameExtension([
      ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
      ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
    ]),
  ];
}

/** A new key pair that signs tokens; it has no certificate. */
export async function issueSigningKey(curve: Curve = DEFAULT_CURVE): Promise<KeyPair> {
  return exportPair(await generateKey(curve));
}

import { createPublicKey } from 'node:crypto';
import { x509 } from './x509';

/** The largest request that is read, in bytes: one with an RSA key of 8192 bits and a hundred addresses is smaller. */
const MAX_REQUEST = 16 * 1024;

const ALTERNATIVE_NAMES = '2.5.29.17';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

/** What a certificate is requested with, read from PKCS #10. */
export interface CertificateRequest {
  /** The subject as pairs of type and value, for example `['CN', 'system:node:n1']`, in their order. */
  readonly subject: readonly (readonly [string, string])[];
  /** The names that it asks for, by type, for example `dns` or `ip`. */
  readonly names: readonly { readonly type: string; readonly value: string }[];
  /** What else it asks for: object identifiers of attributes and extensions. */
  readonly others: readonly string[];
  readonly key: RequestKey;
}

/** The public key of a request. */
export interface RequestKey {
  /** As Node.js names it: `ec`, `rsa`, `ed25519` or something that is not to be signed. */
  readonly type: string;
  /** The curve of an `ec` key, for example `prime256v1`. */
  readonly curve?: string;
  /** The modulus of an `rsa` key, in bits. */
  readonly bits?: number;
  /** The exponent of an `rsa` key. */
  readonly exponent?: bigint;
}

/**
 * Reads a request for a certificate, and verifies that who made it holds the key.
 *
 * @param pem one PEM block `CERTIFICATE REQUEST`, at most 16 KiB
 * @returns the request, or in a few words why it is none; never parts of it
 */
export async function readCertificateRequest(pem: string): Promise<CertificateRequest | string> {
  if (pem.length > MAX_REQUEST) return 'it is larger than 16 KiB';
  const [, base64] =
    /^\s*-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----\s*$/.exec(
      pem,
    ) ?? [];
  if (base64 === undefined) return 'it is not one PEM block of type CERTIFICATE REQUEST';
  try {
    const der = Buffer.from(base64, 'base64');
    if (der.length !== lengthOf(der)) return 'it is not one structure of its length';
    const request = new x509.Pkcs10CertificateRequest(der);
    const key = keyOf(Buffer.from(request.publicKey.rawData));
    const { hash } = request.signatureAlgorithm as { hash?: { name: string } };
    if (hash?.name === 'SHA-1') return 'its signature is made with SHA-1';
    if (!(await request.verify())) return 'its signature is not that of its key';
    return { ...asked(request), key };
  } catch {
    return 'it cannot be read as PKCS #10 with a key that is known';
  }
}

/** How long the structure is that the bytes start with: its header, of one to three bytes of length, and what it says. */
function lengthOf(der: Buffer): number {
  if (der[1]! < 0x80) return 2 + der[1]!;
  return der[1] === 0x81 ? 3 + der.readUInt8(2) : der[1] === 0x82 ? 4 + der.readUInt16BE(2) : NaN;
}

function keyOf(spki: Buffer): RequestKey {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({
    key: spki,
    format: 'der',
    type: 'spki',
  });
  return {
    type: asymmetricKeyType ?? 'none',
    curve: asymmetricKeyDetails?.namedCurve,
    bits: asymmetricKeyDetails?.modulusLength,
    exponent: asymmetricKeyDetails?.publicExponent,
  };
}

function asked(request: x509.Pkcs10CertificateRequest): Omit<CertificateRequest, 'key'> {
  const { attributes, extensions } = request;
  const requests = attributes.filter(({ type }) => type === EXTENSION_REQUEST);
  return {
    subject: request.subjectName
      .toJSON()
      .flatMap((part) =>
        Object.entries(part).flatMap(([type, values]) => values.map((value) => [type, value] as const)),
      ),
    names: extensions
      .filter(({ type }) => type === ALTERNATIVE_NAMES)
      .flatMap(({ rawData }) => new x509.SubjectAlternativeNameExtension(rawData).names.toJSON()),
    others: [
      ...attributes.filter(({ type }) => type !== EXTENSION_REQUEST),
      // A second list of extensions would be read by one reader and not by another.
      ...requests.slice(1),
      ...requests.filter(({ values }) => values.length !== 1),
      ...extensions.filter(
        ({ type }, index) =>
          type !== ALTERNATIVE_NAMES || extensions.findIndex((other) => other.type === type) !== index,
      ),
    ].map(({ type }) => type),
  };
}

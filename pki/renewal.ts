import { X509Certificate } from 'node:crypto';
import type { AuthoritySpec, LeafSpec } from '../constructs/control-plane';
import { publicKeyOf, type KeyPair } from './key-pair';
import { x509 } from './x509';

const DAY = 24 * 60 * 60_000;

/** By what it is judged whether a certificate is due. */
export interface Renewal {
  readonly now: Date;
  /** The last part of its life in which it is made anew, from 0 to 1. */
  readonly renewInLast: number;
}

/** Whether a certificate that lasts so many days is in the last part of its life. */
function isDue(certificate: X509Certificate, lifetimeDays: number, { now, renewInLast }: Renewal): boolean {
  const left = Date.parse(certificate.validTo) - now.getTime();
  return left < lifetimeDays * DAY * renewInLast || Date.parse(certificate.validFrom) > now.getTime();
}

function parse(pair: KeyPair): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pair.certificate ?? '');
    const own = certificate.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    return own === publicKeyOf(pair.privateKey) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an authority can stay: it is readable, its key fits, and it is not about to end. */
export function authorityIsGood(pair: KeyPair, spec: AuthoritySpec, renewal: Renewal): boolean {
  const certificate = parse(pair);
  return (
    certificate !== undefined &&
    certificate.ca &&
    certificate.subject === `CN=${spec.commonName}` &&
    certificate.verify(certificate.publicKey) &&
    !isDue(certificate, spec.lifetimeDays, renewal)
  );
}

/** Whether a certificate can stay: its key fits, its authority signed it, it is not due, and it says what it should. */
export function leafIsGood(pair: KeyPair, spec: LeafSpec, authority: KeyPair, renewal: Renewal): boolean {
  const certificate = parse(pair);
  if (certificate === undefined || authority.certificate === undefined) return false;
  const issuer = new X509Certificate(authority.certificate);
  return (
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey) &&
    !isDue(certificate, spec.lifetimeDays, renewal) &&
    describe(pair.certificate ?? '') === describeSpec(spec)
  );
}

/** What a certificate claims, in a form that can be compared with its specification. */
function describe(pem: string): string {
  const certificate = new x509.X509Certificate(pem);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  const usages = certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [];
  return JSON.stringify([
    certificate.subjectName.getField('CN'),
    certificate.subjectName.getField('O'),
    usages.map((usage) => (usage === x509.ExtendedKeyUsage.serverAuth ? 'server' : 'client')),
    names.filter(({ type }) => type === 'dns').map(({ value }) => value),
    names.filter(({ type }) => type === 'ip').map(({ value }) => value),
  ]);
}

function describeSpec(spec: LeafSpec): string {
  return JSON.stringify([[spec.commonName], spec.organizations, spec.uses, spec.dnsNames, spec.ipAddresses]);
}

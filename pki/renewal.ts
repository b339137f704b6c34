import { X509Certificate } from 'node:crypto';
import type { AuthoritySpec, LeafSpec } from '../constructs/control-plane';
import { publicKeyOf, type KeyPair } from './key-pair';
import { x509 } from './x509';

const DAY = 24 * 60 * 60_000;

/** A certificate is renewed in the last third of its life: a cluster that is started once a month never sees it end. */
const RENEW_IN_LAST = 1 / 3;

/** Whether a certificate that lasts so many days is due. */
function isDue(certificate: X509Certificate, lifetimeDays: number, now: Date): boolean {
  const left = Date.parse(certificate.validTo) - now.getTime();
  return left < lifetimeDays * DAY * RENEW_IN_LAST || Date.parse(certificate.validFrom) > now.getTime();
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
export function authorityIsGood(pair: KeyPair, spec: AuthoritySpec, now: Date): boolean {
  const certificate = parse(pair);
  return (
    certificate !== undefined &&
    certificate.ca &&
    certificate.subject === `CN=${spec.commonName}` &&
    certificate.verify(certificate.publicKey) &&
    !isDue(certificate, spec.lifetimeDays, now)
  );
}

/** Whether a certificate can stay: its key fits, its authority signed it, it is not due, and it says what it should. */
export function leafIsGood(pair: KeyPair, spec: LeafSpec, authority: KeyPair, now: Date): boolean {
  const certificate = parse(pair);
  if (certificate === undefined || authority.certificate === undefined) return false;
  const issuer = new X509Certificate(authority.certificate);
  return (
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey) &&
    !isDue(certificate, spec.lifetimeDays, now) &&
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

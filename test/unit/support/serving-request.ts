import { webcrypto } from 'node:crypto';
import { x509 } from '../../../pki/x509';

type Keys = webcrypto.CryptoKeyPair;

/** How a request departs from one that a kubelet makes. */
export interface RequestChange {
  readonly subject?: { [type: string]: string[] }[];
  readonly names?: readonly { type: 'dns' | 'ip' | 'email' | 'url'; value: string }[];
  readonly extensions?: readonly InstanceType<typeof x509.Extension>[];
  readonly attributes?: readonly InstanceType<typeof x509.Attribute>[];
  readonly algorithm?: object;
  readonly hash?: string;
}

/** A request in PEM such as the kubelet of `n1` makes, with changes. */
export async function requestPem(change: RequestChange = {}): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', ...change.algorithm };
  const keys = (await webcrypto.subtle.generateKey(algorithm as never, true, ['sign', 'verify'])) as Keys;
  const names = change.names ?? [
    { type: 'dns', value: 'n1' },
    { type: 'ip', value: '192.0.2.1' },
  ];
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: change.subject ?? [{ O: ['system:nodes'] }, { CN: ['system:node:n1'] }],
    keys: keys as never,
    signingAlgorithm: { ...algorithm, hash: change.hash ?? 'SHA-256' } as never,
    extensions: [
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])]),
      ...(change.extensions ?? []),
    ],
    attributes: [...(change.attributes ?? [])],
  });
  return request.toString('pem');
}

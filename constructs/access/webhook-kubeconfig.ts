import { zod } from '../../model/zod';
import type { ConfigurationFile } from '../control-plane/component';
import { SecretReference } from '../secrets/secret-reference';
import { otherwise } from '../shape';
import { certificateAuthority, httpsUrl } from './https';

/**
 * A service that the API server calls, for example to hand it audit events. It is only called over TLS, its certificate is
 * verified, and it is told who calls: by a token or by a certificate.
 */
export interface Webhook {
  /** URL of the service: `https`, without user, query and fragment. */
  readonly url: string;
  /**
   * Certificates, in PEM, of the authority that signs the service's.
   * @default - the authorities that the machine trusts
   */
  readonly certificateAuthority?: string;
  /** How the API server proves to the service that it is the API server. */
  readonly credential: WebhookCredential;
}

/** A bearer token, filled in when the file is written; or the paths of a certificate and its key on the machine. */
export type WebhookCredential =
  { readonly token: SecretReference } | { readonly certificateFile: string; readonly keyFile: string };

/** What a webhook has to be. */
export function webhookShape() {
  const z = zod();
  const path = z
    .string()
    .refine(
      (value) => /^(\/[\w.-]+)+$/.test(value),
      otherwise('It is no absolute path.', 'Give the absolute path of the file.'),
    );
  return {
    url: httpsUrl(),
    certificateAuthority: certificateAuthority().optional(),
    credential: z.union(
      [
        z.strictObject({ token: z.instanceof(SecretReference) }),
        z.strictObject({ certificateFile: path, keyFile: path }),
      ],
      'It is neither { token } with a SecretReference nor { certificateFile, keyFile } with absolute paths.',
    ),
  };
}

/** The kubeconfig by which the API server finds a webhook. It holds no secret, only the reference to one. */
export function webhookKubeconfig(
  path: string,
  webhook: Webhook,
  reason: Pick<ConfigurationFile, 'recommendation' | 'cis'> = {},
): ConfigurationFile {
  const { url, certificateAuthority: authority, credential } = webhook;
  const user =
    'token' in credential
      ? { token: credential.token }
      : { 'client-certificate': credential.certificateFile, 'client-key': credential.keyFile };
  const cluster = {
    server: url,
    ...(authority && { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
  };
  return {
    path,
    content: {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'webhook', cluster }],
      users: [{ name: 'kube-apiserver', user }],
      contexts: [{ name: 'webhook', context: { cluster: 'webhook', user: 'kube-apiserver' } }],
      'current-context': 'webhook',
    },
    ...reason,
  };
}

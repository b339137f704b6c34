import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { KubeconfigSpec } from '../constructs/control-plane';
import { publicKeyOf, type KeyPair } from './key-pair';

const NAME = 'keelson';

/** A kubeconfig as text, with the certificates in it. Secret: it holds the private key. */
export function kubeconfigText(spec: KubeconfigSpec, identity: KeyPair, authority: KeyPair): string {
  const user = spec.identity.commonName;
  const base64 = (text = ''): string => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: NAME,
        cluster: { server: spec.server, 'certificate-authority-data': base64(authority.certificate) },
      },
    ],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': base64(identity.certificate),
          'client-key-data': base64(identity.privateKey),
        },
      },
    ],
    contexts: [{ name: NAME, context: { cluster: NAME, user } }],
    'current-context': NAME,
    preferences: {},
  });
}

const KUBECONFIG = z.object({
  users: z
    .array(
      z.object({
        user: z.object({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }),
      }),
    )
    .length(1),
});

/** The identity in a kubeconfig that {@link kubeconfigText} wrote; undefined where there is none to be read. */
export function identityOf(text: string): KeyPair | undefined {
  try {
    const user = KUBECONFIG.parse(parse(text)).users[0]?.user;
    if (user === undefined) return undefined;
    const plain = (base64: string): string => Buffer.from(base64, 'base64').toString();
    const privateKey = plain(user['client-key-data']);
    return {
      privateKey,
      publicKey: publicKeyOf(privateKey),
      certificate: plain(user['client-certificate-data']),
    };
  } catch {
    // Not a kubeconfig of ours, or a damaged one: it is written anew.
    return undefined;
  }
}

import { methodOf, type EncryptionKey } from './encryption-key';

/** What is always encrypted: Secrets, and ConfigMaps, into which credentials stray. Source: NET-7. */
export const ENCRYPTED_RESOURCES = ['secrets', 'configmaps'] as const;

/** How long a plugin may take, in seconds, where nothing else is said. */
export const KMS_TIMEOUT_SECONDS = 3;

/** All resources that are encrypted, each once. */
export function encryptedResources(more: readonly string[] = []): readonly string[] {
  return [...new Set<string>([...ENCRYPTED_RESOURCES, ...more])];
}

/**
 * The API server's EncryptionConfiguration: the first key writes, the others are for values that were written before a rotation. There is no
 * `identity` provider, so nothing is ever written, or accepted, as plain text. Source: NET-7, CIS 1.2.28.
 *
 * @param more further resources to encrypt, for example `widgets.example.com`
 */
export function encryptionConfiguration(
  keys: readonly EncryptionKey[],
  more: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: encryptedResources(more), providers: providersOf(keys) }],
  };
}

/** Keys in their order, neighbours of one method as one provider. */
function providersOf(keys: readonly EncryptionKey[]): readonly Readonly<Record<string, unknown>>[] {
  const providers: Record<string, unknown>[] = [];
  let open: { readonly method: string; readonly keys: unknown[] } | undefined;
  for (const key of keys) {
    if (key.method === 'kms') {
      const { name, socket, timeoutSeconds = KMS_TIMEOUT_SECONDS } = key;
      const timeout = `${timeoutSeconds}s`;
      providers.push({ kms: { apiVersion: 'v2', name, endpoint: `unix://${socket}`, timeout } });
      open = undefined;
      continue;
    }
    const method = methodOf(key);
    if (open?.method !== method) {
      open = { method, keys: [] };
      providers.push({ [method]: { keys: open.keys } });
    }
    open.keys.push({ name: key.name, secret: key.secret });
  }
  return providers;
}

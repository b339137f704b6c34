import { encryptedResources } from '../../constructs/control-plane';
import { withCanarySecret } from '../canary-secret';
import { EtcdClient } from '../client/etcd';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

/** How a value begins that is stored under a key: the method with its version, and the name of the key. */
const CIPHERTEXT = /^k8s:enc:(?:secretbox:v1|aesgcm:v1|kms:v2):[^:]+:/;

export default defineProbe({
  id: 'secrets-encrypted',
  recommendations: ['NET-7'],
  claim:
    'What etcd stores of a Secret is ciphertext, and every Secret and ConfigMap is stored under the one key that writes now.',
  open: 'no key is rotated',
  run: async ({ client, host }) => {
    if (host === undefined) return unavailable('there is no access to etcd');
    const etcd = new EtcdClient(host.etcd);
    try {
      return await withCanarySecret(client, async ({ namespace, name, value }) => {
        const stored = await etcd.read(`/registry/secrets/${namespace}/${name}`);
        const prefix = prefixOf(stored);
        const readable =
          stored?.includes(value) === true ||
          stored?.includes(Buffer.from(value).toString('base64')) === true;
        const attempts: Attempt[] = [
          {
            attempt: 'read the Secret in etcd',
            seen:
              stored === undefined ? 'no such key' : `${stored.length} bytes, ${prefix ?? 'no encryption'}`,
            ok: prefix !== undefined,
          },
          {
            attempt: 'look for the value in these bytes',
            seen: readable ? 'found' : 'not found',
            ok: !readable,
          },
        ];
        for (const resource of encryptedResources()) attempts.push(await underOneKey(etcd, resource, prefix));
        return resultOf(attempts);
      });
    } finally {
      etcd.close();
    }
  },
});

/** Whether all that is stored of a resource is under the key that the canary was written with. */
async function underOneKey(
  etcd: EtcdClient,
  resource: string,
  current: string | undefined,
): Promise<Attempt> {
  let all = 0;
  let plain = 0;
  let others = 0;
  for await (const page of etcd.valuesBelow(`/registry/${resource}/`))
    for (const { value } of page) {
      const prefix = prefixOf(value);
      all += 1;
      if (prefix === undefined) plain += 1;
      else if (prefix !== current) others += 1;
    }
  return {
    attempt: `read all ${resource} in etcd`,
    seen: `${all} values, ${plain} as plain text, ${others} under another key`,
    ok: all > 0 && plain === 0 && others === 0,
  };
}

function prefixOf(value: Buffer | undefined): string | undefined {
  return CIPHERTEXT.exec(value?.subarray(0, 128).toString('latin1') ?? '')?.[0];
}

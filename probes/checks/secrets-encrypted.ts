import { withCanarySecret } from '../canary-secret';
import { readEtcd } from '../client/etcd';
import { defineProbe, resultOf, unavailable } from '../probe';

export default defineProbe({
  id: 'secrets-encrypted',
  recommendations: ['NET-7'],
  claim: 'What etcd stores of a Secret is ciphertext.',
  open: 'no key is rotated',
  run: async ({ client, host }) => {
    if (host === undefined) return unavailable('there is no access to etcd');
    return withCanarySecret(client, async ({ namespace, name, value }) => {
      const stored = await readEtcd(host.etcd, `/registry/secrets/${namespace}/${name}`);
      const cipher = /^k8s:enc:([a-z]+):/.exec(stored?.subarray(0, 64).toString('latin1') ?? '')?.[1];
      const readable =
        stored?.includes(value) === true || stored?.includes(Buffer.from(value).toString('base64')) === true;
      return resultOf([
        {
          attempt: 'read the Secret in etcd',
          seen: stored === undefined ? 'no such key' : `${stored.length} bytes, ${cipher ?? 'no'} encryption`,
          ok: cipher === 'secretbox',
        },
        {
          attempt: 'look for the value in these bytes',
          seen: readable ? 'found' : 'not found',
          ok: !readable,
        },
      ]);
    });
  },
});

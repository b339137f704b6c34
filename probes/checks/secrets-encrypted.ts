import { withCanarySecret } from '../canary-secret';
import { EtcdClient } from '../client/etcd';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

/** What a stored value starts with that one of the providers wrote: the method, and the name of the key or plugin. */
const ENCRYPTED = /^k8s:enc:(?:(?:secretbox|aesgcm):v1|kms:v2):[^:]+:/;

/** What is encrypted in every cluster, where etcd has it. */
const STORED = ['/registry/secrets/', '/registry/configmaps/'];

export default defineProbe({
  id: 'secrets-encrypted',
  recommendations: ['NET-7'],
  claim:
    'Everything that etcd stores of Secrets and ConfigMaps is ciphertext, a value that was just written too.',
  open: 'no key is rotated by the probe, and older revisions of etcd, its log and its snapshots are not looked at',
  run: async ({ client, host }) => {
    if (host === undefined) return unavailable('there is no access to etcd');
    const etcd = new EtcdClient(host.etcd);
    try {
      return resultOf(
        await withCanarySecret(client, async ({ namespace, name, value }) => [
          ...canaryAttempts(await etcd.read(`/registry/secrets/${namespace}/${name}`), value),
          ...(await storedAttempts(etcd)),
        ]),
      );
    } finally {
      etcd.close();
    }
  },
});

function canaryAttempts(stored: Buffer | undefined, value: string): readonly Attempt[] {
  const prefix = ENCRYPTED.exec(head(stored))?.[0];
  const readable =
    stored?.includes(value) === true || stored?.includes(Buffer.from(value).toString('base64')) === true;
  return [
    {
      attempt: 'read the Secret in etcd',
      seen: stored === undefined ? 'no such key' : `${stored.length} bytes, ${prefix ?? 'no encryption'}`,
      ok: prefix !== undefined,
    },
    { attempt: 'look for the value in these bytes', seen: readable ? 'found' : 'not found', ok: !readable },
  ];
}

async function storedAttempts(etcd: EtcdClient): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const prefix of STORED) {
    const under = new Map<string, number>();
    for await (const page of etcd.valuesBelow(prefix))
      for (const { value } of page) {
        const key = ENCRYPTED.exec(head(value))?.[0] ?? 'no encryption';
        under.set(key, (under.get(key) ?? 0) + 1);
      }
    attempts.push({
      attempt: `read every value below ${prefix}`,
      seen: [...under].map(([key, count]) => `${count} under ${key}`).join(', ') || 'none',
      ok: !under.has('no encryption'),
    });
  }
  return attempts;
}

function head(stored: Buffer | undefined): string {
  return stored?.subarray(0, 128).toString('latin1') ?? '';
}

import { randomBytes } from 'node:crypto';
import type { ApiClient } from './client/api-client';

/** A Secret that exists for one probe, with a value that cannot stand anywhere else. */
export interface CanarySecret {
  readonly namespace: string;
  readonly name: string;
  /** The value; never part of an observation. */
  readonly value: string;
}

/** Makes a Secret with a random value, hands it to `use`, and removes it again whatever happens. */
export async function withCanarySecret<T>(
  client: ApiClient,
  use: (canary: CanarySecret) => Promise<T>,
): Promise<T> {
  const canary = {
    namespace: 'default',
    name: `keelson-probe-${randomBytes(4).toString('hex')}`,
    value: randomBytes(24).toString('hex'),
  };
  const collection = `/api/v1/namespaces/${canary.namespace}/secrets`;
  const created = await client.send({
    method: 'POST',
    path: collection,
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: canary.name },
      stringData: { canary: canary.value },
    },
  });
  if (created.status !== 201)
    throw new Error(`the canary Secret could not be created: HTTP ${created.status}`);
  try {
    return await use(canary);
  } finally {
    await client.send({ method: 'DELETE', path: `${collection}/${canary.name}` });
  }
}

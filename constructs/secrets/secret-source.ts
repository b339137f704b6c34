/** Where a workload's secret values come from: always a Secret by name, never a value. Source: NET-6. */
export interface SecretSource {
  /** Name of the Secret. */
  readonly name: string;
  /** Name of the namespace it lives in. */
  readonly namespace: string;
  /** The keys it is known to have. */
  readonly keys: readonly string[];
}

/** A Secret that exists already, or that something else makes. */
export function existingSecret(namespace: string, name: string, keys: readonly string[] = []): SecretSource {
  return { namespace, name, keys };
}

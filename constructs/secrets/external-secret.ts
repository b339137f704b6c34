import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { HardenedNamespace } from '../namespace/hardened-namespace';
import { serves } from '../serves';
import { checkSecret } from './secret-check';
import type { SecretSource } from './secret-source';

/** Where the value of one key lies in the store. */
export interface RemoteValue {
  /** Name or path of the entry in the store. */
  readonly key: string;
  /**
   * The one field of it.
   *
   * @default - the entry as a whole
   */
  readonly property?: string;
  /**
   * Its version.
   *
   * @default - the newest
   */
  readonly version?: string;
}

/** Settings of an `ExternalSecret`. */
export interface ExternalSecretProps {
  /** The namespace it lives in. */
  readonly namespace: HardenedNamespace;
  /**
   * Name of the ExternalSecret and of the Secret that comes from it.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /** The store that has the values. */
  readonly store: { readonly name: string; readonly kind?: 'SecretStore' | 'ClusterSecretStore' };
  /** Where the value of each key lies; at least one. */
  readonly data: Readonly<Record<string, RemoteValue>>;
  /**
   * How often the store is asked, as a duration of Go.
   *
   * @default 1h
   */
  readonly refreshInterval?: string;
}

/**
 * A Secret that the External Secrets Operator (`external-secrets.io/v1`) makes from a store such as Vault or a cloud's. The
 * operator has to be in the cluster. Only names are in the YAML.
 *
 * Source: NET-6; CIS 5.4.2.
 */
export class ExternalSecret extends Construct implements SecretSource {
  public readonly name: string;
  public readonly namespace: string;
  public readonly keys: readonly string[];

  /** @throws KeelsonError if the name or a key is not valid, or no key is given */
  public constructor(scope: Construct, id: string, props: ExternalSecretProps) {
    super(scope, id);
    this.name = props.name ?? id;
    this.namespace = props.namespace.name;
    this.keys = Object.keys(props.data);
    checkSecret(this, 'data').done();
    new ApiObject(this, 'ExternalSecret', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: this.name, namespace: this.namespace },
      spec: {
        refreshInterval: props.refreshInterval ?? '1h',
        secretStoreRef: { name: props.store.name, kind: props.store.kind ?? 'SecretStore' },
        target: { name: this.name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
        data: Object.entries(props.data).map(([secretKey, { key, property, version }]) => ({
          secretKey,
          remoteRef: {
            key,
            ...(property === undefined ? {} : { property }),
            ...(version === undefined ? {} : { version }),
          },
        })),
      },
    });
    serves(this, 'NET-6');
  }
}

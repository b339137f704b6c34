import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PROVIDED_KEYS_ANNOTATION } from '../names';
import type { HardenedNamespace } from '../namespace/hardened-namespace';
import { serves } from '../serves';
import { checkSecret } from './secret-check';
import type { SecretSource } from './secret-source';

/** Settings of a `ProvidedSecret`. */
export interface ProvidedSecretProps {
  /** The namespace it lives in. */
  readonly namespace: HardenedNamespace;
  /**
   * Name of the Secret.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /** The keys whose values the deployment supplies; at least one. */
  readonly keys: readonly string[];
}

/**
 * A Secret whose values are supplied by the deployment (a Pulumi secret) and never pass through constructs or YAML: the
 * synthesized object has a name and no data. A stack that has no value for one of its keys is refused.
 *
 * Source: NET-6.
 */
export class ProvidedSecret extends Construct implements SecretSource {
  public readonly name: string;
  public readonly namespace: string;
  public readonly keys: readonly string[];
  /** The object as it is synthesized: without data. */
  public readonly apiObject: ApiObject;

  /** Whether a construct is a `ProvidedSecret`. */
  public static isProvidedSecret(construct: unknown): construct is ProvidedSecret {
    return construct instanceof ProvidedSecret;
  }

  /** @throws KeelsonError if the name or a key is not valid, or no key is given */
  public constructor(scope: Construct, id: string, props: ProvidedSecretProps) {
    super(scope, id);
    this.name = props.name ?? id;
    this.namespace = props.namespace.name;
    this.keys = [...props.keys];
    checkSecret(this, 'keys').done();

    this.apiObject = new ApiObject(this, 'Secret', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: this.name,
        namespace: this.namespace,
        annotations: { [PROVIDED_KEYS_ANNOTATION]: this.keys.join(',') },
      },
      type: 'Opaque',
    });
    serves(this, 'NET-6');
  }
}

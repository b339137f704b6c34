import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { HardenedNamespace } from '../namespace/hardened-namespace';
import { serves } from '../serves';
import { checkSecret } from './secret-check';
import type { SecretSource } from './secret-source';

/** Settings of a `SealedSecret`. */
export interface SealedSecretProps {
  /** The namespace it lives in, for which its values were sealed. */
  readonly namespace: HardenedNamespace;
  /**
   * Name of the SealedSecret and of the Secret that comes from it, for which its values were sealed.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /** The sealed value of each key, as `kubeseal` writes it; at least one. */
  readonly encryptedData: Readonly<Record<string, string>>;
}

/** The shortest key with which a session key is sealed, in bytes: RSA of 2048 bits. */
const SHORTEST_KEY = 256;

/** The nonce and the tag of AES-GCM, in bytes. */
const SEAL = 16;

/**
 * A Secret whose values stand in the YAML, encrypted for the controller of Sealed Secrets (`bitnami.com/v1alpha1`), for this name
 * and namespace only. The controller has to be in the cluster.
 *
 * Source: NET-6.
 */
export class SealedSecret extends Construct implements SecretSource {
  public readonly name: string;
  public readonly namespace: string;
  public readonly keys: readonly string[];

  /** @throws KeelsonError if the name or a key is not valid, no key is given, or a value is not sealed */
  public constructor(scope: Construct, id: string, props: SealedSecretProps) {
    super(scope, id);
    this.name = props.name ?? id;
    this.namespace = props.namespace.name;
    this.keys = Object.keys(props.encryptedData);
    const check = checkSecret(this, 'encryptedData');
    for (const [key, value] of Object.entries(props.encryptedData)) {
      check.require(
        isSealed(value),
        `encryptedData.${key}`,
        'It is not what kubeseal writes, and may be the value itself.',
        'Seal the value with kubeseal, for this name and namespace.',
      );
    }
    check.done();
    const metadata = { name: this.name, namespace: this.namespace };
    new ApiObject(this, 'SealedSecret', {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata,
      spec: { encryptedData: { ...props.encryptedData }, template: { metadata, type: 'Opaque' } },
    });
    serves(this, 'NET-6');
  }
}

/** Whether a text is base64 of: the length of the sealed session key in two bytes, that key, and what it encrypts. */
function isSealed(text: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < 2 + SHORTEST_KEY + SEAL) return false;
  const key = bytes.readUInt16BE(0);
  return key >= SHORTEST_KEY && key % 8 === 0 && bytes.length >= 2 + key + SEAL;
}

import type { Problem } from '../../model';
import type { ApiServerPart } from '../control-plane/api-server-part';
import type { ControlPlaneLayout } from '../control-plane/layout';
import { setting } from '../control-plane/setting';
import type { SecretReference } from './secret-reference';

/** A key that values are encrypted with in etcd. */
export interface EncryptionKey {
  /**
   * Name that is stored with each value, at most 63 characters of `a-z`, `0-9` and `-`. A name stays with its key for
   * good: a new key gets a new name.
   */
  readonly name: string;
  /** The key: 32 random bytes in base64, filled in when the file is written. */
  readonly secret: SecretReference;
}

/** What is always encrypted: Secrets, and ConfigMaps, into which credentials stray. Source: NET-7. */
export const ENCRYPTED_RESOURCES = ['secrets', 'configmaps'] as const;

/** Everything that is wrong with a list of keys. */
export function encryptionProblems(keys: readonly EncryptionKey[]): readonly Problem[] {
  const where = 'encryption at rest';
  const names = keys.map(({ name }) => name);
  const problems: Problem[] = [];
  if (keys.length === 0) {
    problems.push({
      code: 'construct/invalid',
      where,
      message: 'There is no key to encrypt with.',
      fix: 'Give at least one key; the first encrypts, the others only read.',
    });
  }
  for (const name of new Set(names)) {
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
      problems.push({
        code: 'construct/invalid',
        where,
        message: `'${name}' is not a key name.`,
        fix: 'Use at most 63 characters of a-z, 0-9 and -.',
      });
    } else if (names.indexOf(name) !== names.lastIndexOf(name)) {
      problems.push({
        code: 'construct/invalid',
        where,
        message: `Two keys are named '${name}'.`,
        fix: 'Give each key its own name.',
      });
    }
  }
  return problems;
}

/**
 * The API server's EncryptionConfiguration: secretbox (XSalsa20 and Poly1305) with the first key, the others for values
 * that were written before a rotation. There is no `identity` provider, so nothing is ever written, or accepted, as
 * plain text. Source: NET-7, CIS 1.2.28.
 * @param more further resources to encrypt, for example `widgets.example.com`
 */
export function encryptionConfiguration(
  keys: readonly EncryptionKey[],
  more: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [
      {
        resources: [...new Set<string>([...ENCRYPTED_RESOURCES, ...more])],
        providers: [{ secretbox: { keys: keys.map(({ name, secret }) => ({ name, secret })) } }],
      },
    ],
  };
}

/** What is encrypted in etcd, and with what. */
export interface EncryptionProps {
  /** Keys for encryption at rest: the first encrypts, the others only read. */
  readonly keys: readonly EncryptionKey[];
  /**
   * Resources to encrypt besides Secrets and ConfigMaps, for example `widgets.example.com`.
   * @default - none
   */
  readonly resources?: readonly string[];
}

/** The flags and files of encryption at rest. Source: NET-7, CIS 1.2.27 and 1.2.28. */
export function encryptionPart(layout: ControlPlaneLayout, props: EncryptionProps): ApiServerPart {
  const file = `${layout.configuration}/encryption.yaml`;
  return {
    settings: [
      setting('encryption-provider-config', file, 'NET-7', '1.2.27'),
      // A rotation needs no restart.
      setting('encryption-provider-config-automatic-reload', true, 'NET-7'),
    ],
    files: [
      {
        path: file,
        content: encryptionConfiguration(props.keys, props.resources),
        recommendation: 'NET-7',
        cis: ['1.2.28'],
      },
    ],
    problems: encryptionProblems(props.keys),
  };
}

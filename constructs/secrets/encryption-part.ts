import type { ApiServerPart } from '../control-plane/api-server-part';
import type { CryptographyName } from '../control-plane/cryptography';
import type { ControlPlaneLayout } from '../control-plane/layout';
import { setting } from '../control-plane/setting';
import { encryptionProblems } from './encryption-check';
import { encryptionConfiguration } from './encryption-configuration';
import type { EncryptionKey } from './encryption-key';

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
export function encryptionPart(
  layout: ControlPlaneLayout,
  { keys, resources = [] }: EncryptionProps,
  cryptography: CryptographyName = 'modern',
): ApiServerPart {
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
        content: encryptionConfiguration(keys, resources),
        recommendation: 'NET-7',
        cis: ['1.2.28'],
        reloaded: true,
      },
    ],
    problems: encryptionProblems({ keys, resources }, cryptography),
  };
}

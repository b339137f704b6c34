import { startOfDay, type Problem } from '../../model';
import { CRYPTOGRAPHY, type CryptographyName } from '../control-plane/cryptography';
import { KEY_BYTES, methodOf, type EncryptionKey } from './encryption-key';
import type { EncryptionProps } from './encryption-part';
import { SecretReference } from './secret-reference';

const WHERE = 'encryption at rest';

function invalid(where: string, message: string, fix: string): Problem {
  return { code: 'construct/invalid', where, message, fix };
}

/** Everything that is wrong with what encrypts, and with what is encrypted. */
export function encryptionProblems(
  { keys, resources = [] }: EncryptionProps,
  cryptography: CryptographyName,
): readonly Problem[] {
  const names = keys.map(({ name }) => name);
  return [
    ...(keys.length === 0
      ? [
          invalid(
            WHERE,
            'There is no key to encrypt with.',
            'Give at least one key; the first encrypts, the others only read.',
          ),
        ]
      : []),
    ...[...new Set(names)].flatMap((name) => nameProblems(name, names)),
    ...keys.flatMap((key) => keyProblems(key, cryptography)),
    ...resources.flatMap(resourceProblems),
  ];
}

function nameProblems(name: string, all: readonly string[]): readonly Problem[] {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    return [invalid(WHERE, `'${name}' is not a key name.`, 'Use at most 63 characters of a-z, 0-9 and -.')];
  return all.indexOf(name) === all.lastIndexOf(name)
    ? []
    : [invalid(WHERE, `Two keys are named '${name}'.`, 'Give each key its own name.')];
}

function keyProblems(key: EncryptionKey, cryptography: CryptographyName): readonly Problem[] {
  const where = `${WHERE}, key ${key.name}`;
  const method = methodOf(key);
  const { encryption } = CRYPTOGRAPHY[cryptography];
  const problems: Problem[] = [];
  if (!encryption.includes(method))
    problems.push(
      invalid(
        where,
        `The profile '${cryptography}' does not approve of ${method}.`,
        `Use ${encryption.join(' or ')}.`,
      ),
    );
  if (key.method !== 'kms' && !((key.secret as unknown) instanceof SecretReference))
    problems.push(
      invalid(
        where,
        'Its secret is no reference: it would stand in what is written for review.',
        'Give a SecretReference.',
      ),
    );
  if (key.method === 'aesgcm' && Number.isNaN(startOfDay(key.madeOn).getTime()))
    problems.push(invalid(where, `'${key.madeOn}' is no day.`, 'Give the day it was made as YYYY-MM-DD.'));
  if (key.method === 'kms') {
    const { socket, timeoutSeconds } = key;
    if (!/^(\/[\w.,:+-]+)+$/.test(socket) || /\/\.\.?(\/|$)/.test(socket) || socket.length > 107)
      problems.push(
        invalid(
          where,
          `'${socket}' is no path of a socket.`,
          'Give an absolute path of at most 107 characters.',
        ),
      );
    if (
      timeoutSeconds !== undefined &&
      !(Number.isInteger(timeoutSeconds) && timeoutSeconds >= 1 && timeoutSeconds <= 60)
    )
      problems.push(invalid(where, `${timeoutSeconds} is no timeout.`, 'Give whole seconds from 1 to 60.'));
  }
  return problems;
}

/** `*.` and `*.*` would take in what the API server cannot encrypt, and what others add later. */
function resourceProblems(resource: string): readonly Problem[] {
  return /^[a-z0-9]+(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(resource)
    ? []
    : [
        invalid(
          `${WHERE}, resources`,
          `'${resource}' is no resource.`,
          'Name it in the plural with its group, for example widgets.example.com.',
        ),
      ];
}

/**
 * Whether the value of a key can be one: the bytes and nothing else, in base64. What was received is told by its length alone.
 *
 * @param where the file, or the name of the secret
 */
export function keyValueProblems(where: string, value: string): readonly Problem[] {
  const fix = `Give ${KEY_BYTES} random bytes in base64.`;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64') !== value)
    return [invalid(where, `${value.length} characters, which are no base64.`, fix)];
  return bytes.length === KEY_BYTES
    ? []
    : [invalid(where, `The key has ${bytes.length} bytes; ${KEY_BYTES} are needed.`, fix)];
}

/** The longest that a key of AES-GCM is used, in days: far less than 200,000 writes take where Secrets change a thousand times a day. */
export const AES_GCM_KEY_DAYS = 90;

const DAY_MS = 24 * 3600 * 1000;

/** The keys of AES-GCM that have been used for too long by a day. Source: NET-7; Kubernetes asks for a rotation every 200,000 writes. */
export function overdueKeys(keys: readonly EncryptionKey[], now: Date): readonly Problem[] {
  return keys.flatMap((key) => {
    if (key.method !== 'aesgcm') return [];
    const days = Math.floor((now.getTime() - startOfDay(key.madeOn).getTime()) / DAY_MS);
    // A day that is yet to come would put the duty off for good; one day ahead is for those east of UTC.
    if (days < -1)
      return [
        invalid(
          `${WHERE}, key ${key.name}`,
          `It says that it was made on ${key.madeOn}, which is yet to come.`,
          'Give the day on which it was made.',
        ),
      ];
    return days <= AES_GCM_KEY_DAYS
      ? []
      : [
          invalid(
            `${WHERE}, key ${key.name}`,
            `It was made ${days} days ago; a key of AES-GCM is used for ${AES_GCM_KEY_DAYS} at most.`,
            'Rotate it: add a key, make it first, rewrite every object, drop the old one.',
          ),
        ];
  });
}

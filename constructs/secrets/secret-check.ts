import type { IConstruct } from 'constructs';
import { isDnsLabel, PropsCheck } from '../validation';
import type { SecretSource } from './secret-source';

/**
 * What is wrong with the name and the keys of a Secret, noted for `done()` to throw.
 *
 * @param property the option that has the keys
 */
export function checkSecret(secret: IConstruct & SecretSource, property: string): PropsCheck {
  const check = new PropsCheck(secret)
    .require(
      isDnsLabel(secret.name),
      'name',
      `"${secret.name}" is not a DNS label.`,
      'Use lower case letters, digits and dashes, at most 63.',
    )
    .require(secret.keys.length > 0, property, 'No key is given.', 'Name at least one key.');
  for (const key of secret.keys) {
    check.require(
      /^[-._a-zA-Z0-9]{1,253}$/.test(key),
      property,
      `"${key}" is not a Secret key.`,
      'Use letters, digits, dashes, dots and underscores.',
    );
  }
  return check;
}

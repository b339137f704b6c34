import { sha256 } from '../render/digest';

/** The longest name of an object. */
const LONGEST = 253;

/** Words that the names of policies are put together with. */
const WORDS = /(^|-)(addresses|foreign|from|host|in|sctp|tcp|to|udp)(-|$)/;

/**
 * The name of a policy. Two that mean different things never have the same one: where a word of ours is in what it is made of,
 * so that it could be read in two ways, or where it is too long, it ends in a hash.
 *
 * @param text the name as it reads, for example `web-to-api-tcp-8080`
 * @param parts what it is made of beside our words, for example `web`, `api` and `8080`
 */
export function policyName(text: string, parts: readonly string[]): string {
  if (text.length <= LONGEST && !parts.some((part) => WORDS.test(part))) return text;
  const hash = sha256(JSON.stringify([text, ...parts])).slice(0, 12);
  return `${text.slice(0, LONGEST - 13).replace(/[-.]+$/, '')}-${hash}`;
}

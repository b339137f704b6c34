/** What credentials look like. Found by chance and mistake, not by those who hide them. */

/** A regular expression for a word in upper, lower or mixed case. */
const anyCase = (word: string): string =>
  [...word].map((letter) => `[${letter.toUpperCase()}${letter}]`).join('');

const WORDS = ['password', 'passwd', 'passphrase', 'token', 'secret', 'credential', 'credentials'];
const KEYS = ['api', 'access', 'private', 'secret', 'encryption', 'signing'];

const SECRET_NAME = `(${WORDS.map(anyCase).join('|')}|(${KEYS.map(anyCase).join('|')})[-_.]?${anyCase('key')})`;

/** Names of settings that hold a credential: `DB_PASSWORD`, `apiKey`; not `DB_PASSWORD_FILE`. */
export const CREDENTIAL_NAME = `${SECRET_NAME}$`;

/** Options that hold a credential: `--password=…`; not `--token-file=…`, and not a reference to a variable. */
export const CREDENTIAL_OPTION = `^-.*(${['password', 'passwd', 'token'].map(anyCase).join('|')}|${anyCase('api')}[-_]?${anyCase('key')})=[^$]`;

/**
 * CEL that is true where a text holds no token of a known service and no private key. Each form has a cheap test before
 * the thorough one, so that a ConfigMap of any size stays within what the API server spends on an expression.
 */
export function holdsNoCredential(text: string): string {
  const forms: readonly (readonly [mark: string, form: string])[] = [
    ['PRIVATE KEY-----', '-----BEGIN [A-Z ]*PRIVATE KEY-----'],
    ['AKIA', 'AKIA[0-9A-Z]{16}'],
    ['ghp_', 'ghp_[A-Za-z0-9]{36}'],
    ['github_pat_', 'github_pat_[A-Za-z0-9]{22}'],
    ['glpat-', 'glpat-[A-Za-z0-9_-]{20}'],
    ['xoxb-', 'xoxb-[0-9]{10}'],
    ['.eyJ', 'eyJ[A-Za-z0-9_-]{10,}[.]eyJ'],
  ];
  return forms
    .map(([mark, form]) => `!(${text}.contains("${mark}") && ${text}.matches("${form}"))`)
    .join(' && ');
}

/** A token in the form of one, for examples; it opens nothing. Put together here, so that no scanner takes it for real. */
export const EXAMPLE_TOKEN = ['ghp', 'x'.repeat(36)].join('_');

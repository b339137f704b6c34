/** What credentials look like. Found by chance and mistake, not by those who hide them. */

/** A regular expression for a word in upper, lower or mixed case. */
const anyCase = (word: string): string =>
  [...word].map((letter) => `[${letter.toUpperCase()}${letter}]`).join('');

const WORDS = ['password', 'passwd', 'passphrase', 'token', 'secret', 'credential', 'credentials'];
const KEYS = ['api', 'access', 'private', 'secret', 'encryption', 'signing'];

/** What may stand between the two words of a name like `api-key`. */
const BETWEEN = ['', '-', '_', '.'];

const oneEnds = (text: string, ends: readonly string[]): string =>
  ends.map((end) => `${text}.endsWith("${end}")`).join(' || ');

/**
 * CEL that is true where the name of a setting is that of a credential: `DB_PASSWORD`, `apiKey`; not `DB_PASSWORD_FILE`. No
 * regular expression, as an object may have thousands of names: few end with one of these letters, and the rest is not read.
 */
export function namesCredential(name: string): string {
  const keys = BETWEEN.flatMap((between) => KEYS.map((key) => `${key}${between}key`));
  const lower = `${name}.lowerAscii()`;
  return `(${oneEnds(lower, WORDS)} || (${lower}.endsWith("key") && (${oneEnds(lower, keys)})))`;
}

/**
 * CEL that is true where annotations hold no credential: none that is called a password, and no token or private key. Other
 * names tell nothing: `auth-secret` and `token` of an annotation mostly name the Secret that has it.
 *
 * @param annotations CEL for the map, which is there
 */
export function areNoCredentials(annotations: string): string {
  const value = `${annotations}[key]`;
  const isCopy = 'key == "kubectl.kubernetes.io/last-applied-configuration"';
  const isPassword = `(${oneEnds('key.lowerAscii()', ['password', 'passwd', 'passphrase'])})`;
  return `${annotations}.all(key, ${isCopy} || ((!${isPassword} || ${value} in ${SWITCHES}) && ${holdsNoCredential(value)}))`;
}

/** CEL for values that are no credential, whatever the name: switches. */
export const SWITCHES = '["", "true", "false", "yes", "no"]';

/**
 * CEL that is true where a text is no option that holds a credential, as `--password=…` is; `--token-file=…` is none, and
 * neither is a reference to a variable. The cheap tests come first: each of the words
 * ends with one of three letters.
 */
export function isNoCredentialOption(text: string): string {
  return `!(${text}.startsWith("-") && ${text}.contains("=") && ${text}.matches("[dDnNyY]=") && ${text}.matches("${CREDENTIAL_OPTION}"))`;
}

const CREDENTIAL_OPTION = `^-.*(${['password', 'passwd', 'token'].map(anyCase).join('|')}|${anyCase('api')}[-_]?${anyCase('key')})=[^$]`;

/** The least that a token of one of the forms below has: `xoxb-` and ten digits. Shorter texts are not looked at. */
const SHORTEST = 15;

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
  const found = forms
    .map(([mark, form]) => `!(${text}.contains("${mark}") && ${text}.matches("${form}"))`)
    .join(' && ');
  return `(size(${text}) < ${SHORTEST} || (${found}))`;
}

/** A token in the form of one, for examples; it opens nothing. Put together here, so that no scanner takes it for real. */
export const EXAMPLE_TOKEN = ['ghp', 'x'.repeat(36)].join('_');

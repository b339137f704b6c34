import { zod } from '../../model/zod';
import { otherwise } from '../shape';

const HTTPS = otherwise(
  'It is no https URL, or has a user, a query or a fragment.',
  'Give a URL like https://issuer.example.com/path.',
);

/** A URL that is called over TLS and carries no credentials: `https`, without user, query and fragment. */
export function httpsUrl() {
  return zod().string().refine(isHttpsUrl, HTTPS);
}

function isHttpsUrl(text: string): boolean {
  // What stands there is handed on as it is: nothing that a parser would have to put right.
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return false;
  if (!/^https:\/\/[\w.:[\]-]+(\/[\w.~%!$&'()*+,;=:@/-]*)?$/.test(text)) return false;
  try {
    const { username, password, search, hash } = new URL(text);
    return `${username}${password}${search}${hash}` === '';
  } catch {
    return false;
  }
}

const CERTIFICATES =
  /^\s*(-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/]{1,76}={0,2}\r?\n)+-----END CERTIFICATE-----\s*)+$/;

/** One or more certificates in PEM, and nothing else: above all no key. */
export function certificateAuthority() {
  return zod()
    .string()
    .max(100_000)
    .refine(
      (text) => CERTIFICATES.test(text),
      otherwise(
        'It is not certificates in PEM alone.',
        'Give the text of the file, with BEGIN CERTIFICATE, and no key.',
      ),
    );
}

/** How a registry wants to be asked: by a token that another server gives out, or with name and password. */
export type Challenge =
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string }
  | { readonly scheme: 'basic' };

const SCHEME = /^\s*(bearer|basic)\b/i;
const PARAMETER = /([a-z]+)="([^"]*)"/gi;

/** Nobody has to send more. */
const LONGEST = 4096;

/**
 * Understands `WWW-Authenticate` as registries send it.
 *
 * @returns undefined where it asks for something else
 */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const text = (header ?? '').slice(0, LONGEST);
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'basic') return { scheme };
  if (scheme !== 'bearer') return undefined;
  const parameters = new Map(
    [...text.matchAll(PARAMETER)].map(([, name, value]) => [name!.toLowerCase(), value!]),
  );
  const realm = parameters.get('realm');
  const service = parameters.get('service');
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  return { scheme, realm, ...(service === undefined ? {} : { service }) };
}

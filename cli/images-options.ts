import { existsSync } from 'node:fs';
import {
  formatImageReference,
  parseImageReference,
  throwIfAny,
  type ImageReference,
  type Problem,
} from '../model';

/** `keelson images add` as it was typed. */
export interface ImagesFlags {
  readonly file: string;
  readonly as?: string;
  readonly update?: boolean;
  readonly caFile?: string;
  readonly plainHttp?: boolean;
}

/** An image to add: by its name, from a registry; or by its path, and the name it is to have. */
export type WantedImage =
  { readonly reference: ImageReference } | { readonly path: string; readonly name?: ImageReference };

/**
 * Understands what images are to be added. A path begins with `/`, `./` or `../`; everything else is a name.
 *
 * @throws KeelsonError (`cli/usage`) naming everything that is not valid
 */
export function wantedImages(
  sources: readonly string[],
  { as }: Pick<ImagesFlags, 'as'>,
): readonly WantedImage[] {
  const problems: Problem[] = [];
  const refuse = (where: string, message: string, fix: string): void => {
    problems.push({ code: 'cli/usage', where, message, fix });
  };
  const name = as === undefined ? undefined : parseImageReference(as);
  if (as !== undefined && name === undefined) refuse('--as', `"${as}" is no name of an image.`, NAME_FIX);
  if (as !== undefined && !(sources.length === 1 && isPath(sources[0]!)))
    refuse('--as', 'It names what one path holds.', 'Name one path with it, and nothing else.');
  const wanted = sources.flatMap((source): readonly WantedImage[] => {
    if (isPath(source)) return [{ path: source, ...(name === undefined ? {} : { name }) }];
    const reference = parseImageReference(source);
    if (reference === undefined) refuse(source, 'It is no name of an image.', NAME_FIX);
    else if (existsSync(source))
      refuse(
        source,
        'It may be a file or a name.',
        `Write ./${source} for the file, or ${formatImageReference(reference)} for the name.`,
      );
    else if (reference.tag === undefined && reference.digest === undefined)
      refuse(source, 'It has neither tag nor digest.', 'Name the tag, or the digest; latest is not assumed.');
    else return [{ reference }];
    return [];
  });
  throwIfAny(problems);
  return wanted;
}

const NAME_FIX = 'Write registry/name:tag, in lower case, or ./PATH for a file or folder.';

function isPath(source: string): boolean {
  return /^(?:\/|\.\.?(?:\/|$))/.test(source);
}

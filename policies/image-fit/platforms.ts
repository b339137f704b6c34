import { partsOfPlatform, type ImageFacts, type PlatformImage } from '../../model';
import { fields, list, type Fields } from './pod';

/** The labels of nodes, with their older names. */
const LABELS = {
  os: ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  architecture: ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
} as const;

/** Where a pod says that it runs: an operating system, an architecture, or both; undefined where it says nothing of one. */
interface Place {
  readonly os: string | undefined;
  readonly architecture: string | undefined;
}

/** The platforms of an image on which a pod may run: all of them, unless the pod says more. */
export function possiblePlatforms(pod: Fields, { platforms }: ImageFacts): readonly PlatformImage[] {
  const places = placesOf(pod);
  return platforms.filter((platform) => places.some((place) => isAt(platform, place)));
}

/** The places that a pod names and the image is not made for, as a person writes them. */
export function missingPlatforms(pod: Fields, { platforms }: ImageFacts): readonly string[] {
  const missing = placesOf(pod).filter((place) => !platforms.some((platform) => isAt(platform, place)));
  return [
    ...new Set(
      missing.map(({ os, architecture }) => `${os ?? 'any system'}/${architecture ?? 'any architecture'}`),
    ),
  ];
}

function isAt({ platform }: PlatformImage, place: Place): boolean {
  const { os, architecture } = partsOfPlatform(platform);
  return (place.os ?? os) === os && (place.architecture ?? architecture) === architecture;
}

/** Everything that the node selector, the required affinity and `os` of a pod allow together. */
function placesOf(pod: Fields): readonly Place[] {
  const required = fields(
    fields(fields(pod['affinity'])['nodeAffinity'])['requiredDuringSchedulingIgnoredDuringExecution'],
  );
  const terms = list(required['nodeSelectorTerms']);
  const places = (terms.length === 0 ? [{}] : terms).flatMap((term) => {
    const os = named(pod, term, 'os');
    const architectures = named(pod, term, 'architecture');
    return os.flatMap((system) => architectures.map((architecture) => ({ os: system, architecture })));
  });
  // A pod that fits no node at all is not about its image.
  return places.length === 0 ? [{ os: undefined, architecture: undefined }] : places;
}

/** The values that are allowed for a label; one undefined where any is. */
function named(pod: Fields, term: unknown, part: keyof typeof LABELS): readonly (string | undefined)[] {
  const labels: readonly string[] = LABELS[part];
  const sets: (readonly unknown[])[] = [
    ...labels.map((label) => fields(pod['nodeSelector'])[label]).filter((value) => value !== undefined),
    ...(part === 'os' ? [fields(pod['os'])['name']].filter((value) => value !== undefined) : []),
  ].map((value) => [value]);
  for (const expression of list(fields(term)['matchExpressions'])) {
    const { key, operator, values } = fields(expression);
    if (labels.includes(String(key)) && operator === 'In') sets.push(list(values));
  }
  const [first, ...others] = sets;
  if (first === undefined) return [undefined];
  return first.filter(
    (value): value is string => typeof value === 'string' && others.every((set) => set.includes(value)),
  );
}

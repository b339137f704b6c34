import type { Point, WorkloadPoint } from '../../reachability';
import { LINE, NAME, X } from './ledger-columns';
import type { Scene } from './scene';
import { charactersIn, groupOf, shorten, textAt } from './shapes';

const SIZE = 12;
/** A name that would fill more lines than this is shortened. */
const LINES = 3;
/** How many policies are told of a workload. */
const POLICIES = 12;

/** The name of a point with what is to be known of it. */
export interface NameDrawing {
  readonly lines: number;
  readonly shape: string;
}

/** A point's name, in as many lines as it needs, and what no policy holds below it. */
export function nameOf(scene: Scene, point: Point, y: number): NameDrawing {
  const isWorkload = point.type === 'workload';
  const name = wrapped(scene.nameWithin(isWorkload ? point.namespace : undefined, point.id));
  const notes = isWorkload ? notesOf(point) : [];
  const lines = [
    ...name.map((text) => ({ text, style: 'strong' })),
    ...notes.map((text) => ({ text, style: text.startsWith('!') ? 'alarm' : 'faint' })),
  ];
  const texts = lines.map(({ text, style }, line) =>
    textAt({ x: X.name + 4, y: y + 17 + line * LINE, size: SIZE, style }, text),
  );
  return { lines: lines.length, shape: groupOf('name', titleOf(point), texts) };
}

function notesOf({
  virtual,
  source,
  hostNetwork,
  ingressDeniedBy,
  egressDeniedBy,
}: WorkloadPoint): readonly string[] {
  if (virtual) return [source];
  if (hostNetwork) return ["! in its node's network: not held"];
  return [
    ...(ingressDeniedBy.length > 0 ? [] : ['! no policy holds what comes in']),
    ...(egressDeniedBy.length > 0 ? [] : ['! no policy holds what goes out']),
  ];
}

function titleOf(point: Point): string {
  if (point.type === 'elsewhere') return `${point.id}: not among the objects`;
  if (point.type !== 'workload')
    return `${point.id}: ${point.ranges.join(', ') || 'not known which addresses'}`;
  const { kind, namespace, name, source, ingressDeniedBy, egressDeniedBy } = point;
  return [
    `${kind} ${namespace}/${name}, ${source}`,
    `what no rule lets in is denied by ${policiesOf(ingressDeniedBy)}`,
    `what no rule lets out is denied by ${policiesOf(egressDeniedBy)}`,
  ].join('; ');
}

function policiesOf(names: readonly string[]): string {
  if (names.length === 0) return 'nobody';
  const rest = names.length - POLICIES;
  return `${names.slice(0, POLICIES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** A name in lines that end after a space or a hyphen where one is near. */
function wrapped(name: string): readonly string[] {
  const room = charactersIn(NAME - 8, SIZE);
  let rest = shorten(name, LINES * NAME, SIZE);
  const lines: string[] = [];
  while (rest.length > room) {
    const near = Math.max(...[' ', '-'].map((end) => rest.lastIndexOf(end, room - 1) + 1));
    // A character of two halves stays whole.
    const most = /[\ud800-\udbff]/.test(rest.charAt(room - 1)) ? room - 1 : room;
    const cut = near >= room / 2 ? near : most;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut);
  }
  return [...lines, rest];
}

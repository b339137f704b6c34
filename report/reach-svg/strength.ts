import { PROTOCOLS } from '../../model';
import { formatPorts, isEverything, LAST_PORT, type Flow, type Opening } from '../../reachability';
import { byWhom } from '../reach-table';

/** How much is open, the least first: named ports, so many that it is suspicious, or whatever because no policy holds either side. */
export const KINDS = ['ports', 'wide', 'unheld'] as const;

/** How much is open. */
export type Kind = (typeof KINDS)[number];

/** How a flow, or several, are drawn. */
export interface Strength {
  readonly kind: Kind;
  /** Nobody can tell whether it is open. */
  readonly possible: boolean;
}

/** From so many ports on, a flow counts as wide. */
export const WIDE = 1000;

/** How much flows open: as much as the widest of them, and for certain if one of them is certain. */
export function strengthOf(flows: readonly Pick<Flow, 'openings'>[]): Strength {
  const openings = flows.flatMap((flow) => flow.openings);
  const kind = openings.some(({ egress, ingress }) => egress.length + ingress.length === 0)
    ? 'unheld'
    : flows.some((flow) => isWide(flow.openings))
      ? 'wide'
      : 'ports';
  return { kind, possible: openings.every((opening) => opening.possible === true) };
}

function isWide(openings: readonly Opening[]): boolean {
  return joined(openings).reduce((sum, { port, endPort }) => sum + endPort - port + 1, 0) >= WIDE;
}

/** The classes of the style sheet that draw a strength. */
export function styleOf({ kind, possible }: Strength): string {
  return possible ? `${kind} possible` : kind;
}

/** What is said of a strength beside its colour: `!` where nothing holds it, `?` where nobody can tell. */
export function marked(text: string, { kind, possible }: Strength): string {
  return `${kind === 'unheld' ? '!' : ''}${text}${possible ? '?' : ''}`;
}

/** What flows open, in as few characters as there is room for: `TCP 8080`, `8080`, `all`, `443+1`, or how many ports. */
export function brief(flows: readonly Flow[], strength: Strength, characters: number): string {
  const openings = joined(flows.flatMap((flow) => flow.openings));
  const forms = isEverything(openings) ? ['all'] : formsOf(openings);
  const texts = forms.map((form) => marked(form, strength));
  return texts.find((text) => text.length <= characters) ?? marked('…', strength);
}

function formsOf(openings: readonly Ports[]): readonly string[] {
  const texts = [...new Set(openings.map(formatPorts))];
  const numbers = [...new Set(openings.map(numbersOf))];
  const [only] = numbers;
  if (numbers.length > 1) return [`${only}+${numbers.length - 1}`, `${numbers.length}×`];
  return [...(texts.length === 1 ? texts : []), only ?? ''];
}

function numbersOf({ port, endPort }: Ports): string {
  if (port === 1 && endPort === LAST_PORT) return 'all';
  return port === endPort ? `${port}` : `${port}-${endPort}`;
}

type Ports = Pick<Opening, 'protocol' | 'port' | 'endPort'>;

/** Openings without who opens them: those that follow each other, or overlap, are one. */
export function joined(openings: readonly Ports[]): readonly Ports[] {
  return PROTOCOLS.flatMap((protocol) => {
    const found: { protocol: Ports['protocol']; port: number; endPort: number }[] = [];
    const some = openings.filter((one) => one.protocol === protocol).sort((a, b) => a.port - b.port);
    for (const { port, endPort } of some) {
      const last = found.at(-1);
      if (last !== undefined && port <= last.endPort + 1) last.endPort = Math.max(last.endPort, endPort);
      else found.push({ protocol, port, endPort });
    }
    return found;
  });
}

/** How many ports and policies are told of a flow: more than that nobody reads, and each flow takes a bounded room. */
const TOLD = 12;

/** The ports of a flow for a person, and how many more there are. */
export function toldPorts(openings: readonly Opening[], most = TOLD): string {
  const ports = joined(openings);
  if (isEverything(ports)) return 'everything';
  const rest = ports.length - most;
  return `${ports.slice(0, most).map(formatPorts).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Ports and policies of a flow. */
export function toldFlow({ openings }: Flow): string {
  const first = openings.slice(0, TOLD).map(({ egress, ingress }) => ({
    egress: egress.slice(0, TOLD),
    ingress: ingress.slice(0, TOLD),
  }));
  const possibly = strengthOf([{ openings }]).possible ? ' (possibly)' : '';
  return `${toldPorts(openings)}${possibly}, ${byWhom({ openings: first })}`;
}

import { PROTOCOLS, type Protocol } from '../model';
import type { Family } from './address-set';
import type { RulePort } from './policy';
import { LAST_PORT, type DeclaredPort, type Opening } from './reachability';

/** Ports that one policy opens at one destination. */
export interface Span {
  readonly protocol: Protocol;
  readonly port: number;
  readonly endPort: number;
  /** `namespace/name`. */
  readonly policy: string;
  readonly possible: boolean;
  /** What it is open for: it was opened by the addresses of that family. @default - both */
  readonly family?: Family;
}

/** Ports, whoever opens them. */
export type Ports = Pick<Span, 'protocol' | 'port' | 'endPort'>;

/** All ports of all protocols. */
export const ANY: readonly Ports[] = PROTOCOLS.map((protocol) => ({ protocol, port: 1, endPort: LAST_PORT }));

const EVERYTHING: readonly Opening[] = ANY.map((ports) => ({ ...ports, egress: [], ingress: [] }));

/** What a rule opens at a destination, whose containers say what names of ports mean; addresses know no names. */
export function spansOf(
  ports: readonly RulePort[],
  declared: readonly DeclaredPort[],
  policy: string,
  possible: boolean,
): Span[] {
  return ports.flatMap((rule) => {
    if (!('name' in rule)) return [{ ...rule, policy, possible }];
    return declared
      .filter(({ name, protocol }) => name === rule.name && protocol === rule.protocol)
      .map(({ protocol, port }) => ({ protocol, port, endPort: port, policy, possible }));
  });
}

/** Everything: a side that no policy holds back. */
export const OPEN = 'open';

/** What one side lets through: spans, or everything. */
export type Side = readonly Span[] | typeof OPEN;

/** What both sides let through, in pieces that the same policies open. */
export function openingsOf(egress: Side, ingress: Side, within: readonly Ports[]): readonly Opening[] {
  if (egress.length === 0 || ingress.length === 0) return [];
  // Where nothing is held, most pairs are so: they share what they have.
  if (egress === OPEN && ingress === OPEN && within === ANY) return EVERYTHING;
  const openings: Opening[] = [];
  for (const protocol of PROTOCOLS) {
    const out = sideOf(egress, protocol);
    const into = sideOf(ingress, protocol);
    const limits = within.filter((span) => span.protocol === protocol);
    if (out.length === 0 || into.length === 0 || limits.length === 0) continue;
    const all = [...limits, ...(out === OPEN ? [] : out), ...(into === OPEN ? [] : into)];
    const starts = [...new Set(all.flatMap(({ port, endPort }) => [port, endPort + 1]))].sort(
      (a, b) => a - b,
    );
    const [atLimits, atOut, atInto] = [new Walk(limits), new Walk(out), new Walk(into)];
    for (let i = 0; i + 1 < starts.length; i += 1) {
      const port = starts[i]!;
      const endPort = starts[i + 1]! - 1;
      const isWithin = atLimits.at(port).length > 0;
      const [outBy, inBy] = inOneFamily(atOut.at(port), atInto.at(port));
      if (!isWithin || outBy.length === 0 || inBy.length === 0) continue;
      add(openings, {
        protocol,
        port,
        endPort,
        egress: policiesOf(outBy),
        ingress: policiesOf(inBy),
        ...(isCertain(outBy, inBy) ? {} : { possible: true }),
      });
    }
  }
  return openings;
}

/** Walks over ports upwards, and knows what is open at each without a look at everything. */
class Walk {
  private readonly coming: Span[];
  private current: Span[] = [];

  public constructor(private readonly side: Side | readonly Ports[]) {
    this.coming = side === OPEN ? [] : ([...side] as Span[]).sort((a, b) => b.port - a.port);
  }

  /** What is open at a port, which is not below the one asked before. */
  public at(port: number): Side {
    if (this.side === OPEN) return OPEN;
    this.current = this.current.filter(({ endPort }) => endPort >= port);
    while (this.coming.length > 0 && this.coming.at(-1)!.port <= port) this.current.push(this.coming.pop()!);
    return this.current;
  }
}

function sideOf(side: Side, protocol: Protocol): Side {
  return side === OPEN ? OPEN : side.filter((span) => span.protocol === protocol);
}

function policiesOf(side: Side): readonly string[] {
  return side === OPEN ? [] : [...new Set(side.map(({ policy }) => policy))].sort();
}

/** What of both sides meets: a packet has one family of addresses, so that both sides have to open for that one. */
function inOneFamily(out: Side, into: Side): [Side, Side] {
  if (out === OPEN || into === OPEN) return [out, into];
  return [
    out.filter((one) => into.some((other) => sameFamily(one, other))),
    into.filter((one) => out.some((other) => sameFamily(one, other))),
  ];
}

function sameFamily(one: Span, other: Span): boolean {
  return one.family === undefined || other.family === undefined || one.family === other.family;
}

/** One rule of each side that opens for certain is enough. */
function isCertain(out: Side, into: Side): boolean {
  const [certainOut, certainIn] = inOneFamily(certain(out), certain(into));
  return certainOut.length > 0 && certainIn.length > 0;
}

function certain(side: Side): Side {
  return side === OPEN ? OPEN : side.filter(({ possible }) => !possible);
}

/** Pieces that follow each other, and that the same policies open, are one. */
function add(openings: Opening[], next: Opening): void {
  const last = openings.at(-1);
  const joins =
    last !== undefined &&
    last.protocol === next.protocol &&
    last.endPort + 1 === next.port &&
    last.possible === next.possible &&
    sameList(last.egress, next.egress) &&
    sameList(last.ingress, next.ingress);
  if (joins) openings[openings.length - 1] = { ...last, endPort: next.endPort };
  else openings.push(next);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

import {
  isSame,
  type FlowChange,
  type HoldChange,
  type PolicySummary,
  type Reachability,
  type ReachabilityDifference,
} from '../reachability';
import { printable } from './printable';
import { shortNames } from './reach-names';
import { byWhom, portsOf } from './reach-table';

/** Lines of one kind; nobody reads more. */
const MOST = 200;

/** What changes, for a pull request: what opens first. It is plain text that Markdown leaves as it is within a code block. */
export function reachDifference(
  difference: ReachabilityDifference,
  before: Reachability,
  after: Reachability,
): string {
  if (isSame(difference)) return 'This change opens nothing and closes nothing.';
  const names = shortNames([
    ...after.points,
    ...before.points.filter(({ id }) => difference.removed.includes(id)),
  ]);
  const shown = (id: string): string => printable(names.get(id) ?? id);
  const flow = (sign: string) => (change: FlowChange) =>
    `  ${sign} ${shown(change.from)} → ${shown(change.to)}: ${portsOf(change)}  ${byWhom(change)}`;
  const hold = (change: HoldChange): string => `  ! ${shown(change.id)}: ${change.direction}`;
  return [
    ...section('This change takes away what denies by default', difference.released.map(hold)),
    ...section('This change opens', difference.opened.map(flow('+'))),
    ...section('This change closes', difference.closed.map(flow('-'))),
    ...section('This change denies by default', difference.held.map(hold)),
    ...section('Policies that say something else, and by that open or close nothing', [
      ...unseen(difference.policiesBefore, difference.closed).map(policy('-')),
      ...unseen(difference.policiesAfter, difference.opened).map(policy('+')),
    ]),
    ...section(
      'Policies that are not judged, and may open or close more',
      difference.notCounted.map(
        ({ kind, before: was, after: is }) => `  ! ${printable(kind)}: ${is} in place of ${was}`,
      ),
    ),
    ...section(
      'New',
      difference.added.map((id) => `  + ${shown(id)}`),
    ),
    ...section(
      'Gone',
      difference.removed.map((id) => `  - ${shown(id)}`),
    ),
  ].join('\n');
}

/** Policies that no change of a flow names: the other side does not open what they open. */
function unseen(
  policies: readonly PolicySummary[],
  changes: readonly FlowChange[],
): readonly PolicySummary[] {
  const named = new Set(
    changes.flatMap(({ openings }) => openings.flatMap(({ egress, ingress }) => [...egress, ...ingress])),
  );
  return policies.filter(({ name }) => !named.has(name));
}

function policy(sign: string): (summary: PolicySummary) => string {
  return ({ name, pods, ingress, egress }) => {
    const side = (word: string, rules: readonly string[] | undefined): readonly string[] =>
      rules === undefined
        ? []
        : [`${word} ${rules.length === 0 ? 'nothing' : rules.map(printable).join('; ')}`];
    const says = [...side('in from', ingress), ...side('out to', egress)].join(', ');
    return `  ${sign} ${printable(name)}, for ${printable(pods)}: ${says}`;
  };
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MOST ? [`  … and ${lines.length - MOST} more`] : [];
  return [`${title} (${lines.length}):`, ...lines.slice(0, MOST), ...more];
}

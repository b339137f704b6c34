import type { Flow, WorkloadPoint } from '../../reachability';
import { DESTINATIONS, FIXED, LINE, X } from './ledger-columns';
import type { Scene } from './scene';
import { charactersIn, groupOf, rectAt, textAt } from './shapes';
import { brief, strengthOf, styleOf } from './strength';

/** The columns that each workload has. */
export function fixedOf(scene: Scene, { id }: WorkloadPoint, y: number): readonly string[] {
  const incoming = scene.incoming.get(id) ?? [];
  const outgoing = scene.outgoing.get(id) ?? [];
  const cells = [
    { x: X.fromOutside, flows: incoming.filter(({ from }) => scene.outside.has(from)) },
    ...DESTINATIONS.map((to, at) => ({
      x: X.fixed + at * FIXED,
      flows: outgoing.filter((flow) => (to === 'outside' ? scene.outside.has(flow.to) : flow.to === to)),
    })),
  ];
  return cells.flatMap(({ x, flows }) => (flows.length === 0 ? [] : fixedAt(scene, flows, x, y)));
}

function fixedAt(scene: Scene, flows: readonly Flow[], x: number, y: number): string {
  const strength = strengthOf(flows);
  const title = flows.map((flow) => scene.told(flow)).join('; ');
  const text = brief(flows, strength, charactersIn(FIXED - 6, 10));
  const style = flows[0]!.to === 'dns' ? `${styleOf(strength)} dns` : styleOf(strength);
  return groupOf(style, title, [
    rectAt(x + 2, y + 4, FIXED - 4, LINE - 2),
    textAt({ x: x + FIXED / 2, y: y + 17, size: 10, anchor: 'middle' }, text),
  ]);
}

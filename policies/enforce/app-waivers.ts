import type { IConstruct } from 'constructs';
import { KeelsonApp, Posture, waiversBelow, type RenderedApp } from '../../constructs';
import {
  formatWaiver,
  KeelsonError,
  startOfDay,
  waiverProblems,
  type Problem,
  type Waiver,
} from '../../model';
import { CONTROLS } from '../controls';
import { waivable } from './waivable';

/** The waivers of an app: its own, and those that constructs in it carry. A stock cdk8s app has only the latter. */
export function waiversOf(app: IConstruct): readonly Waiver[] {
  const own = app instanceof KeelsonApp ? app.waivers : [];
  return [...own, ...waiversBelow(app).map(({ waiver }) => waiver)];
}

/** How far a given day may be ahead of the machine's clock, in milliseconds: for the east of it, and a clock that is slow. */
const AHEAD = 2 * 24 * 3600 * 1000;

/**
 * The moment by which waivers of an app expire: the start of its `today`, else now.
 *
 * @throws KeelsonError where `today` is in the future: waivers, whose length counts from it, would last as long as one likes
 */
export function nowOf(app: IConstruct): Date {
  const today = app instanceof KeelsonApp ? app.today : undefined;
  if (today === undefined) return new Date();
  const start = startOfDay(today);
  if (start.getTime() - Date.now() > AHEAD) {
    throw new KeelsonError({
      code: 'posture/invalid',
      where: 'app.today',
      message: `${today} is in the future.`,
      fix: 'Give the day on which the app is synthesized, or leave it out.',
    });
  }
  return start;
}

/**
 * What is wrong with the waivers of an app themselves, and those that reach out of the scope in which they were given.
 *
 * @param waivers all of them
 * @param now the moment by which they expire
 */
export function appWaiverProblems(
  root: IConstruct,
  rendered: RenderedApp,
  waivers: readonly Waiver[],
  now: Date,
): readonly Problem[] {
  const scoped = waiversBelow(root);
  const scopeOf = new Map(scoped.map(({ waiver, scope }) => [waiver, scope]));
  const longestDays = (waiver: Waiver): number => Posture.of(scopeOf.get(waiver) ?? root).longestWaiver;
  return [
    ...waiverProblems(waivers, waivable(CONTROLS), now, longestDays),
    ...scoped.flatMap(({ waiver, scope }) => {
      const outside = rendered.objects.find(
        ({ manifest: { kind, metadata }, construct }) =>
          kind === waiver.kind &&
          metadata.name === waiver.name &&
          (metadata.namespace ?? '') === waiver.namespace &&
          !construct.node.scopes.includes(scope),
      );
      return outside === undefined
        ? []
        : [
            {
              code: 'waiver/invalid' as const,
              where: formatWaiver(waiver),
              message: `It was given in ${scope.node.path}, and ${outside.path} is not in there.`,
              fix: 'Let the owner of the object, or of the app, waive it.',
            },
          ];
    }),
  ];
}

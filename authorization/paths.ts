import { accountOf, accountUser, type Subject } from './rbac';
import { ALL, CLUSTER, grantsOf, groupsOf, keyOf, NODE, type Holder } from './holder';
import { SUPERUSERS, type Grant } from './authorizer';
import { raises } from './raise';
import { TECHNIQUES } from './techniques';
import type { World } from './world';

/** One step of a path. */
export interface PathStep {
  /** Id of the technique; `holds` where it takes none. */
  readonly technique: string;
  /** What is done, in half a sentence. */
  readonly title: string;
  readonly from: Holder;
  readonly to: Holder;
  /** The rights that make it. */
  readonly because: string;
}

/** How a subject gets to cluster-admin: the shortest way. */
export interface AccessPath {
  readonly subject: Subject;
  readonly steps: readonly PathStep[];
}

/**
 * The shortest path to cluster-admin of every subject that has one, in the order of their names. What leads to root on a node leads to
 * the cluster: to the keys of the control plane, where it is one of its nodes, else to the tokens of all that runs there.
 */
export function pathsToAdmin(world: World): readonly AccessPath[] {
  const steps = stepsOf(world);
  const next = nextSteps(steps);
  return world.subjects
    .filter((subject) => next.has(keyOf(subject)))
    .map((subject) => ({ subject, steps: follow(next, subject) }))
    .sort((a, b) => compare(keyOf(a.subject), keyOf(b.subject)));
}

/** Every step of everybody. */
function stepsOf(world: World): readonly PathStep[] {
  const holders: Holder[] = [
    ...world.subjects,
    ...everybody(world),
    ...[...world.namespaces, 'kube-system'].map((name): Holder => ({ kind: 'Namespace', name })),
  ];
  const all = new Map(holders.map((holder) => [keyOf(holder), holder]));
  return [
    ...[...all.values()].flatMap((holder) => {
      const grants = grantsOf(holder, world);
      const own = ownSteps(holder, grants, world);
      // Who is there already needs no more.
      const isThere = own.some(({ to }) => to.kind === 'Cluster');
      return isThere ? own : [...own, ...raisedSteps(holder, grants, world)];
    }),
    ...given(world),
  ];
}

/** Groups that every account is in, whether or not a binding names one of it. */
function everybody({ namespaces }: World): readonly Holder[] {
  return [
    'system:authenticated',
    'system:serviceaccounts',
    ...namespaces.map((name) => `system:serviceaccounts:${name}`),
  ].map((name) => ({ kind: 'Group', name }));
}

/** What somebody gets further with the roles that it can give itself. */
function raisedSteps(holder: Holder, grants: readonly Grant[], world: World): readonly PathStep[] {
  if (holder.kind !== 'User' && holder.kind !== 'Group') return [];
  const more = raises(grants, world);
  if (more.length === 0) return [];
  const raised: Holder = { kind: 'Raised', name: keyOf(holder) };
  const because = [...new Set(more.map((one) => one.because))].join(' and ');
  const title = 'binds roles to itself that it may bind';
  return [
    { technique: 'bind', title, from: holder, to: raised, because },
    ...ownSteps(raised, [...grants, ...more.map(({ grant }) => grant)], world),
  ];
}

function ownSteps(holder: Holder, grants: readonly Grant[], world: World): readonly PathStep[] {
  const taken = TECHNIQUES.flatMap(({ id, title, steps }) =>
    steps(grants, world).map((step) => ({ technique: id, title, from: holder, ...step })),
  );
  if (holder.kind === 'Group' && holder.name === SUPERUSERS)
    return [held(holder, CLUSTER, 'the API server allows this group everything'), ...taken];
  return taken;
}

/** What follows without any technique. */
function given({ namespaces, subjects, tokenHolders }: World): readonly PathStep[] {
  const accounts = subjects.filter(({ name }) => accountOf(name) !== undefined);
  const inNamespace = (kind: 'Accounts' | 'Pods') =>
    [...new Set([...namespaces, 'kube-system'])].map((name) =>
      held({ kind, name: ALL }, { kind, name }, `one in ${name}`),
    );
  return [
    held({ kind: 'Group', name: SUPERUSERS }, CLUSTER, 'the API server allows this group everything'),
    held(
      NODE,
      CLUSTER,
      'root on a node has its tokens and keys; on one of the control plane those of the cluster',
    ),
    ...inNamespace('Accounts'),
    ...inNamespace('Pods'),
    ...accounts.map((account) =>
      held({ kind: 'Accounts', name: accountOf(account.name)!.namespace }, account, 'one of its accounts'),
    ),
    ...[...namespaces, 'kube-system'].flatMap((name) =>
      groupsOf({ kind: 'User', name: accountUser(name, 'any') })
        .filter((group) => group.name !== 'system:authenticated')
        .map((group) => held({ kind: 'Accounts', name }, group, 'each of its accounts is in it')),
    ),
    ...tokenHolders.map(({ namespace, user }) =>
      held({ kind: 'Pods', name: namespace }, { kind: 'User', name: user }, 'a pod with its token'),
    ),
    held({ kind: 'Anybody', name: '' }, { kind: 'Users', name: '' }, 'a user among them'),
    // No certificate is signed for the group of superusers.
    ...subjects
      .filter(
        ({ kind, name }) =>
          kind === 'Group' && name !== SUPERUSERS && !/^system:serviceaccounts?(:|$)/.test(name),
      )
      .map((subject) => held({ kind: 'Anybody', name: '' }, subject, 'a group as any other')),
    ...subjects
      .filter(({ kind, name }) => kind === 'User' && accountOf(name) === undefined)
      .map((subject) => held({ kind: 'Users', name: '' }, subject, 'a name as any other')),
  ];
}

function held(from: Holder, to: Holder, because: string): PathStep {
  return { technique: 'holds', title: 'has it', from, to, because };
}

/** From each holder the first step of a shortest path: breadth first, from the end. */
function nextSteps(steps: readonly PathStep[]): ReadonlyMap<string, PathStep> {
  const into = new Map<string, PathStep[]>();
  for (const step of steps) {
    const key = keyOf(step.to);
    const known = into.get(key);
    if (known === undefined) into.set(key, [step]);
    else known.push(step);
  }
  const next = new Map<string, PathStep>();
  const end = keyOf(CLUSTER);
  for (let reached = [end]; reached.length > 0;) {
    const before: string[] = [];
    for (const key of reached)
      for (const step of into.get(key) ?? []) {
        const from = keyOf(step.from);
        if (from === end || next.has(from)) continue;
        next.set(from, step);
        before.push(from);
      }
    reached = before;
  }
  return next;
}

function follow(next: ReadonlyMap<string, PathStep>, subject: Subject): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (let at: Holder = subject; keyOf(at) !== keyOf(CLUSTER);) {
    const step: PathStep = next.get(keyOf(at))!;
    steps.push(step);
    at = step.to;
  }
  return steps;
}

/** By code units: the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

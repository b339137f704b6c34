import { compare } from '../reachability';
import { SUPERUSERS } from './authorizer';
import { ALL, CLUSTER, grantsOf, groupsOf, NODE, type Holder } from './holder';
import { accountOf, accountUser, keyOf, type Subject } from './rbac';
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
  const seen = new Set<string>();
  const steps: PathStep[] = [];
  // What is reached on the way, as a role that can be bound, has steps of its own.
  for (let holder = holders.pop(); holder !== undefined; holder = holders.pop()) {
    if (seen.has(keyOf(holder))) continue;
    seen.add(keyOf(holder));
    const own = ownSteps(holder, world);
    steps.push(...own);
    holders.push(...own.map(({ to }) => to));
  }
  return [...steps, ...given(world)];
}

/** Groups that every account is in, whether or not a binding names one of it. */
function everybody({ namespaces }: World): readonly Holder[] {
  return [
    'system:authenticated',
    'system:serviceaccounts',
    ...namespaces.map((name) => `system:serviceaccounts:${name}`),
  ].map((name) => ({ kind: 'Group', name }));
}

function ownSteps(holder: Holder, world: World): readonly PathStep[] {
  const grants = grantsOf(holder, world);
  return TECHNIQUES.flatMap(({ id, title, steps }) =>
    steps(grants, world).map((step) => ({ technique: id, title, from: holder, ...step })),
  );
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
    const before = new Map<string, PathStep>();
    for (const step of reached.flatMap((key) => into.get(key) ?? [])) {
      const from = keyOf(step.from);
      if (from === end || next.has(from)) continue;
      const other = before.get(from);
      if (other === undefined || comesFirst(step, other)) before.set(from, step);
    }
    for (const [from, step] of before) next.set(from, step);
    reached = [...before.keys()];
  }
  return next;
}

/** Of two ways that are as long, always the same one is told, in whatever order the objects came. */
function comesFirst(one: PathStep, other: PathStep): boolean {
  const order = ({ technique, to, because }: PathStep): string =>
    `${String(ORDER.indexOf(technique) + 1).padStart(3, '0')} ${keyOf(to)} ${because}`;
  return order(one) < order(other);
}

const ORDER = TECHNIQUES.map(({ id }) => id);

function follow(next: ReadonlyMap<string, PathStep>, subject: Subject): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (let at: Holder = subject; keyOf(at) !== keyOf(CLUSTER);) {
    const step: PathStep = next.get(keyOf(at))!;
    steps.push(step);
    at = step.to;
  }
  return steps;
}

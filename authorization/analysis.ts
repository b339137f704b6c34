import { builtInAccess, withBuiltIn } from './built-in';
import { compare } from '../reachability';
import { pathsToAdmin, type AccessPath } from './paths';
import { bindingName, bindingOf, keyOf, type AccessObject, type Rule, type Subject } from './rbac';
import { worldOf, type World, type WorldFacts } from './world';

/** One right of somebody. */
export interface Right {
  /** A namespace; undefined for everywhere. */
  readonly namespace?: string;
  readonly verbs: readonly string[];
  /** Resources with their group (`deployments.apps`), or paths. */
  readonly what: readonly string[];
  /** The objects it is limited to; none for all. */
  readonly names: readonly string[];
  /** The binding that gives it, for example `RoleBinding shop/viewer`. */
  readonly by: string;
}

/** What somebody may do. */
export interface SubjectAccess {
  readonly subject: Subject;
  readonly rights: readonly Right[];
}

/** Who may do what, and who can become an administrator. */
export interface AccessAnalysis {
  /** Those that the objects themselves name, by their name. */
  readonly subjects: readonly SubjectAccess[];
  readonly paths: readonly AccessPath[];
}

/** What an analysis starts from. */
export interface AnalysisFacts extends WorldFacts {
  /**
   * The objects are all that a cluster has, with what the API server made for itself.
   *
   * @default false: what it makes for itself is added, and not reported
   */
  readonly whole?: boolean;
}

/** Computes who may do what by these objects. Subjects of Kubernetes itself count, and are not reported. */
export function analyse(
  objects: readonly AccessObject[],
  { whole = false, ...facts }: AnalysisFacts = {},
): AccessAnalysis {
  const world = worldOf(whole ? objects : withBuiltIn(objects), facts);
  const own = ownSubjects(objects);
  const subjects = world.subjects.filter((subject) => own.has(keyOf(subject)));
  return {
    subjects: subjects
      .map((subject) => ({ subject, rights: rightsOf(subject, world) }))
      .sort((a, b) => compare(keyOf(a.subject), keyOf(b.subject))),
    paths: pathsToAdmin(world).filter(({ subject }) => own.has(keyOf(subject))),
  };
}

/** Whom something else than the bindings of Kubernetes itself names. */
function ownSubjects(objects: readonly AccessObject[]): ReadonlySet<string> {
  const builtIn = new Map(
    builtInAccess().flatMap((object) => {
      const binding = bindingOf(object);
      return binding === undefined ? [] : [[bindingName(binding), new Set(binding.subjects.map(keyOf))]];
    }),
  );
  return new Set(
    objects.flatMap((object) => {
      const binding = bindingOf(object);
      if (binding === undefined) return [];
      const known = builtIn.get(bindingName(binding));
      return binding.subjects.map(keyOf).filter((key) => known?.has(key) !== true);
    }),
  );
}

function rightsOf(subject: Subject, { authorizer }: World): readonly Right[] {
  return authorizer.grantsTo(subject).flatMap(({ namespace, rules, binding }) => {
    const by = bindingName(binding);
    return rules.flatMap((rule): readonly Right[] => {
      const what = whatOf(rule, namespace);
      if (what.length === 0) return [];
      return [
        { ...(namespace === undefined ? {} : { namespace }), verbs: rule.verbs, what, names: rule.names, by },
      ];
    });
  });
}

/** Paths count in the whole cluster only. */
function whatOf({ apiGroups, resources, paths }: Rule, namespace: string | undefined): readonly string[] {
  return [
    ...apiGroups.flatMap((group) => resources.map((one) => (group === '' ? one : `${one}.${group}`))),
    ...(namespace === undefined ? paths : []),
  ];
}

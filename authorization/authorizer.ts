import { aggregatedRules } from './aggregate';
import { allowsPath, allowsResource, type ResourceRequest } from './match';
import {
  bindingOf,
  keyOf,
  roleOf,
  type AccessObject,
  type Binding,
  type Role,
  type Rule,
  type Subject,
} from './rbac';

/** Who asks. */
export interface Requester {
  readonly user: string;
  readonly groups: readonly string[];
}

/** What is asked: about a resource in a namespace (or in none), or about a path. */
export type AccessQuestion =
  (ResourceRequest & { readonly namespace?: string }) | { readonly verb: string; readonly path: string };

/** Rights that somebody has: the rules of a role, by a binding, in a namespace or everywhere. */
export interface Grant {
  /** Undefined for everywhere. */
  readonly namespace?: string;
  readonly rules: readonly Rule[];
  readonly binding: Binding;
}

/** The group that RBAC is not asked about: the API server allows it everything. */
export const SUPERUSERS = 'system:masters';

const EVERYWHERE = '';

/**
 * Who may do what by roles and bindings, as the RBAC authorizer of the API server decides it. Nodes, which have an authorizer of their
 * own, and webhooks are not in it.
 */
export class Authorizer {
  /** By subject, then by namespace. */
  private readonly grants = new Map<string, Map<string, Grant[]>>();
  private readonly bound = new Map<Binding, Role>();
  private readonly rules: ReadonlyMap<Role, readonly Rule[]>;
  private readonly named: ReadonlyMap<string, Role>;

  /** @param objects of any kind; roles and bindings count */
  public static of(objects: readonly AccessObject[]): Authorizer {
    return new Authorizer(
      objects.flatMap((object) => roleOf(object) ?? []),
      objects.flatMap((object) => bindingOf(object) ?? []),
    );
  }

  public constructor(
    public readonly roles: readonly Role[],
    public readonly bindings: readonly Binding[],
  ) {
    const own = aggregatedRules(roles);
    const alike = new Map<string, Role[]>();
    for (const role of roles) {
      const key = keyOfRole(role.namespace, role.name);
      alike.set(key, [...(alike.get(key) ?? []), role]);
    }
    // A role of Kubernetes that a manifest says otherwise gets back what it had: what one of a name allows, all of it do.
    this.rules = new Map(
      [...alike.values()].flatMap((same) => {
        const rules = same.flatMap((role) => own.get(role) ?? []);
        return same.map((role) => [role, rules] as const);
      }),
    );
    this.named = new Map(
      [...alike].map(([key, same]) => [key, same.find(({ aggregates }) => aggregates) ?? same[0]!]),
    );
    for (const binding of bindings) {
      const role = this.lookUp(binding);
      if (role === undefined) continue;
      this.bound.set(binding, role);
      const { namespace } = binding;
      const grant: Grant = {
        ...(namespace === undefined ? {} : { namespace }),
        rules: this.rulesOf(role),
        binding,
      };
      for (const subject of binding.subjects) this.note(subject, grant);
    }
  }

  /** The role that a binding refers to; undefined where there is none. */
  public roleOf(binding: Binding): Role | undefined {
    return this.bound.get(binding);
  }

  /** A ClusterRole, or a Role of a namespace. */
  public role(name: string, namespace?: string): Role | undefined {
    return this.named.get(keyOfRole(namespace, name));
  }

  /** The rules of a role, with those that it takes from others. */
  public rulesOf(role: Role): readonly Rule[] {
    return this.rules.get(role) ?? [];
  }

  /** Whether RBAC allows it. */
  public allows({ user, groups }: Requester, question: AccessQuestion): boolean {
    if (groups.includes(SUPERUSERS)) return true;
    const namespace = 'path' in question ? undefined : question.namespace;
    const places = namespace === undefined || namespace === '' ? [EVERYWHERE] : [EVERYWHERE, namespace];
    const subjects: readonly Subject[] = [
      { kind: 'User', name: user },
      ...groups.map((name) => ({ kind: 'Group' as const, name })),
    ];
    return subjects.some((subject) => {
      const held = this.grants.get(keyOf(subject));
      return (
        held !== undefined &&
        places.some((place) =>
          held.get(place)?.some(({ rules }) => rules.some((rule) => answers(rule, question))),
        )
      );
    });
  }

  /** All that a subject is granted by its own name. */
  public grantsTo(subject: Subject): readonly Grant[] {
    return [...(this.grants.get(keyOf(subject))?.values() ?? [])].flat();
  }

  private lookUp({ namespace, role: { kind, name } }: Binding): Role | undefined {
    if (kind === 'ClusterRole') return this.role(name);
    return kind === 'Role' && namespace !== undefined ? this.role(name, namespace) : undefined;
  }

  private note(subject: Subject, grant: Grant): void {
    const key = keyOf(subject);
    const held = this.grants.get(key) ?? new Map<string, Grant[]>();
    this.grants.set(key, held);
    const place = grant.namespace ?? EVERYWHERE;
    const there = held.get(place);
    if (there === undefined) held.set(place, [grant]);
    else there.push(grant);
  }
}

function keyOfRole(namespace: string | undefined, name: string): string {
  return namespace === undefined ? `ClusterRole ${name}` : `Role ${namespace}/${name}`;
}

function answers(rule: Rule, question: AccessQuestion): boolean {
  return 'path' in question ? allowsPath(rule, question.verb, question.path) : allowsResource(rule, question);
}

import type { Attacker } from './attacker';
import type { World } from './world';

/** Something that RBAC may allow. */
export interface Rule {
  /** API group; the core group is the empty string. */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly names?: readonly string[];
}

/** Where a rule is granted: everywhere, in the namespace that is attacked, or in that of the system. */
export type Reach = 'cluster' | 'target' | 'kube-system';

/** Rules by where they are granted. */
export type Needs = Partial<Readonly<Record<Reach, readonly Rule[]>>>;

/** A known way from some right to a greater one, which can be tried. */
export interface Technique {
  readonly name: string;
  /** Where it is described: ids of ATT&CK (T…), of the CIS benchmark (CIS …), or the page of the Kubernetes documentation. */
  readonly source: string;
  /** All that it needs, and no more. */
  readonly needs: Needs;
  /**
   * A built-in ClusterRole that whoever tries it holds already.
   *
   * @default - none
   */
  readonly holds?: string;
  /**
   * Whether the API server has to reach a node at an address that is not loopback.
   *
   * @default false
   */
  readonly proxied?: boolean;
  /**
   * Whether a controller decides over it, who refuses by doing nothing.
   *
   * @default false
   */
  readonly silent?: boolean;
  /**
   * Tries it on a namespace.
   *
   * @returns whether more was gained than was granted, by its use
   * @throws Refused where a step of the attacker is refused
   */
  attempt(me: Attacker, world: World, target: string): Promise<boolean>;
}

/** Gives techniques their type. */
export function defineTechniques(...techniques: Technique[]): readonly Technique[] {
  return techniques;
}

/** What a technique needs, each time without one verb of one rule. */
export function withoutOne({ needs }: Technique): readonly Needs[] {
  return (Object.keys(needs) as Reach[]).flatMap((reach) => {
    const rules = needs[reach] ?? [];
    return rules.flatMap((rule, index) =>
      rule.verbs.map((verb) => {
        const verbs = rule.verbs.filter((one) => one !== verb);
        const rest = rules.flatMap((other, place) =>
          place !== index ? other : verbs.length > 0 ? { ...rule, verbs } : [],
        );
        return { ...needs, [reach]: rest };
      }),
    );
  });
}

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
export const ADMISSION_GROUP = 'admissionregistration.k8s.io';
export const CERTIFICATES_GROUP = 'certificates.k8s.io';

/** A rule on the core group. */
export function core(resource: string, ...verbs: string[]): Rule {
  return { group: '', resource, verbs };
}

/** A rule on another group. */
export function on(group: string, resource: string, ...verbs: string[]): Rule {
  return { group, resource, verbs };
}

/** The same rule for some names only. */
export function named(rule: Rule, ...names: string[]): Rule {
  return { ...rule, names };
}

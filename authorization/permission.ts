import type { Grant } from './authorizer';
import { allowsSome } from './match';
import { bindingName, type Rule } from './rbac';

/** A right that somebody has, as far as it goes. */
export interface Permission {
  /** Undefined for everywhere. */
  readonly namespace?: string;
  /** The objects it is limited to; none for all. */
  readonly names: readonly string[];
  /** What gives it, for a person: `create pods in shop (RoleBinding shop/x)`. */
  readonly because: string;
}

/** What is looked for. */
export interface Wanted {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

/** Every way in which grants allow one of the verbs. */
export function permissions(grants: readonly Grant[], { verbs, ...wanted }: Wanted): readonly Permission[] {
  return grants.flatMap((grant) =>
    grant.rules.flatMap((rule) => {
      const verb = verbs.find(
        (one) =>
          allowsSome(rule, { verb: one, ...wanted }) && (!isNameless(one, wanted) || allowsNameless(rule)),
      );
      if (verb === undefined) return [];
      return [permission(grant, isNameless(verb, wanted) ? [] : rule.names, verb, wanted)];
    }),
  );
}

/** The same, but only what holds in the whole cluster: for what is in no namespace. */
export function clusterWide(grants: readonly Grant[], wanted: Wanted): readonly Permission[] {
  return permissions(grants, wanted).filter(({ namespace }) => namespace === undefined);
}

/** Who makes an object names none that RBAC could look at. */
function isNameless(verb: string, { subresource }: Omit<Wanted, 'verbs'>): boolean {
  return verb === 'create' && subresource === undefined;
}

/** An empty name among others stands for the request that has none. */
function allowsNameless({ names }: Rule): boolean {
  return names.length === 0 || names.includes('');
}

function permission(
  { namespace, binding }: Grant,
  names: readonly string[],
  verb: string,
  { group, resource, subresource }: Omit<Wanted, 'verbs'>,
): Permission {
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  const what = group === '' ? full : `${full}.${group}`;
  const limited = names.length === 0 ? '' : ` ${names.join(', ')}`;
  const where = namespace === undefined ? 'everywhere' : `in ${namespace}`;
  // What was taken on the way needs no binding any more.
  const by = binding.name === '' ? '' : ` (${bindingName(binding)})`;
  return {
    ...(namespace === undefined ? {} : { namespace }),
    names,
    because: `${verb} ${what}${limited} ${where}${by}`,
  };
}

/** The pairs of rights that hold in one place together. */
export function together(
  one: readonly Permission[],
  other: readonly Permission[],
): readonly { readonly namespace?: string; readonly because: string }[] {
  return one.flatMap((a) =>
    other
      .filter((b) => a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace)
      .map((b) => {
        const namespace = a.namespace ?? b.namespace;
        return {
          ...(namespace === undefined ? {} : { namespace }),
          because: a.because === b.because ? a.because : `${a.because} and ${b.because}`,
        };
      }),
  );
}

/** Whether a right covers an object of a name. */
export function covers({ names }: Permission, name: string): boolean {
  return names.length === 0 || names.includes(name);
}

import { CONTAINERS } from '../elements';
import type { Example } from '../subjects';

/** How a control puts a pod's `spec`, or another object, right. */
export type Remedy = (target: Example) => Example;

/** Settings of an object; one that is undefined is taken away. */
export type Changes = Readonly<Record<string, unknown>>;

/** Changes to the pod's `spec`, or to an object. */
export function setFields(changes: Changes): Remedy {
  return (target) => apply(target, changes);
}

/** Changes to each container: the ordinary, the init and the ephemeral ones. */
export function inContainers(change: Remedy): Remedy {
  return (pod) => CONTAINERS.lists.reduce((spec, list) => inList(list, change)(spec), pod);
}

/** Changes to each element of a list; an absent list stays absent. */
export function inList(list: string, change: Remedy): Remedy {
  return (target) => {
    const elements = target[list];
    return Array.isArray(elements) ? { ...target, [list]: elements.map(change) } : target;
  };
}

/** Changes to one field that holds an object, made where it is absent. */
export function within(field: string, change: Remedy): Remedy {
  return (target) => ({ ...target, [field]: change((target[field] ?? {}) as Example) });
}

/** Changes to the security context of each container. */
export function secureContainers(changes: Changes): Remedy {
  return inContainers(within('securityContext', setFields(changes)));
}

/** One remedy after the other. */
export function all(...remedies: readonly Remedy[]): Remedy {
  return (target) => remedies.reduce((changed, remedy) => remedy(changed), target);
}

/** A remedy for what a condition is true of. */
export function where(condition: (target: Example) => boolean, remedy: Remedy): Remedy {
  return (target) => (condition(target) ? remedy(target) : target);
}

function apply(target: Example, changes: Changes): Example {
  return Object.fromEntries(
    Object.entries({ ...target, ...changes }).filter(([, value]) => value !== undefined),
  );
}

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
  return (target) => {
    const changed = change((target[field] ?? {}) as Example);
    const isNothing = target[field] === undefined && Object.keys(changed).length === 0;
    return isNothing ? target : { ...target, [field]: changed };
  };
}

/** Another value for one field; undefined takes it away. */
export function adjust(field: string, adjusted: (value: unknown) => unknown): Remedy {
  return (target) => {
    const value = adjusted(target[field]);
    return value === target[field] ? target : apply(target, { [field]: value });
  };
}

/** Another value for fields that have a wrong one. */
export function replace(fields: readonly string[], wrong: unknown, right?: unknown): Remedy {
  return all(...fields.map((field) => adjust(field, (value) => (value === wrong ? right : value))));
}

/** Changes to the security context of the pod. */
export function inSecurity(change: Remedy): Remedy {
  return within('securityContext', change);
}

/** RuntimeDefault for a security context whose seccomp profile is none; one that is absent, or a file of the node, stays. */
export const FILTERED: Remedy = adjust('seccompProfile', (profile) => {
  const type = (profile as Example | undefined)?.type;
  return profile === undefined || type === 'RuntimeDefault' || type === 'Localhost'
    ? profile
    : { type: 'RuntimeDefault' };
});

/** Whether a pod says that it runs on Windows. */
export function isOnWindows({ os }: Example): boolean {
  return (os as Example | undefined)?.name === 'windows';
}

/** Whether a pod has users of its own. */
export function isInUserNamespace({ hostUsers }: Example): boolean {
  return hostUsers === false;
}

/** Whether a container of a pod says nothing of a field of its security context, so that what the pod says counts. */
export function someInherit(pod: Example, field: string): boolean {
  return CONTAINERS.lists
    .flatMap((list) => (Array.isArray(pod[list]) ? (pod[list] as readonly Example[]) : []))
    .some(({ securityContext }) => (securityContext as Example | undefined)?.[field] === undefined);
}

/** Changes to the security context of each container. */
export function secureContainers(changes: Changes): Remedy {
  return secureEach(setFields(changes));
}

/** A remedy for the security context of each container. */
export function secureEach(change: Remedy): Remedy {
  return inContainers(within('securityContext', change));
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

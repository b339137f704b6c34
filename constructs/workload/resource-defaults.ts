import type { DefaultResources } from '../../model';
import type { k8s } from '../cdk8s-plus';

type Amounts = Readonly<Record<string, k8s.Quantity>>;

/**
 * The resources of a container, those filled in that were not spoken of. Where only one of request and limit of memory or disk
 * was given, the other is the same: a container that fills the memory or the disk of its node evicts its neighbours.
 */
export function withDefaultResources(
  resources: k8s.ResourceRequirements | undefined,
  defaults: DefaultResources,
): k8s.ResourceRequirements {
  const requests: Record<string, k8s.Quantity> = { ...(resources?.requests as Amounts | undefined) };
  const limits: Record<string, k8s.Quantity> = { ...(resources?.limits as Amounts | undefined) };
  const fill = (name: string, request: string, limit: string): void => {
    if (requests[name] === undefined && limits[name] === undefined) {
      requests[name] = request as never;
      limits[name] = limit as never;
    } else if (requests[name] === undefined) {
      requests[name] = limits[name]!;
    } else if (limits[name] === undefined && name !== 'cpu') {
      limits[name] = requests[name];
    }
  };
  fill('cpu', defaults.cpu, defaults.cpuLimit);
  fill('memory', defaults.memory, defaults.memory);
  fill('ephemeral-storage', defaults.ephemeralStorage, defaults.ephemeralStorageLimit);
  return { ...resources, requests, limits };
}

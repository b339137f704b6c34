import { api } from './api';
import type { ApiResource } from './api-resource';

const ALL = resourcesBelow(api);

/** All resources and subresources of the table, in its order. */
export function apiResources(): readonly ApiResource[] {
  return ALL;
}

/** Whether a release, for example `1.37`, serves it. */
export function isServedIn({ since }: ApiResource, kubernetes: string): boolean {
  return since === undefined || minor(since) <= minor(kubernetes);
}

function minor(release: string): number {
  return Number(release.split('.')[1]);
}

function resourcesBelow(branch: object): readonly ApiResource[] {
  const below = Object.values(branch)
    .filter((value): value is object => typeof value === 'object' && value !== null && !Array.isArray(value))
    .flatMap(resourcesBelow);
  return isResource(branch) ? [branch, ...below] : below;
}

function isResource(branch: object): branch is ApiResource {
  return 'resource' in branch && typeof branch.resource === 'string';
}

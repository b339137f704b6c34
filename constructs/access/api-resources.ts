import { api } from './api';
import type { ApiResource } from './api-resource';

const ALL = resourcesBelow(api);

/** All resources and subresources of the table, in its order. */
export function apiResources(): readonly ApiResource[] {
  return ALL;
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

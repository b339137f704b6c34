import type { AccessAction } from './access';
import type { Api } from './list';

/** Something that the API server says can be done. */
export interface DiscoveredAction extends AccessAction {
  /** The first version that has it; rights are on groups. */
  readonly version: string;
  readonly namespaced: boolean;
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

interface GroupList {
  readonly groups: readonly { readonly name: string; readonly versions: readonly { version: string }[] }[];
}

/**
 * Every verb of every resource and subresource, by the API server's own discovery.
 *
 * @throws Error where it does not answer
 */
export async function discoverActions(api: Api): Promise<readonly DiscoveredAction[]> {
  const found = new Map<string, DiscoveredAction>();
  const add = async (group: string, version: string, path: string): Promise<void> => {
    const { resources } = await read<ResourceList>(api, path);
    for (const { name, namespaced, verbs } of resources) {
      for (const verb of verbs) {
        const key = `${verb} ${group}/${name}`;
        if (!found.has(key)) found.set(key, { verb, group, resource: name, version, namespaced });
      }
    }
  };
  await add('', 'v1', '/api/v1');
  const { groups } = await read<GroupList>(api, '/apis');
  for (const { name, versions } of groups)
    for (const { version } of versions) await add(name, version, `/apis/${name}/${version}`);
  return [...found.values()];
}

async function read<T>(api: Api, path: string): Promise<T> {
  const answer = await api.send({ path });
  const body = answer.status === 200 ? answer.json<T>() : undefined;
  if (body === undefined) throw new Error(`${path} was answered ${answer.status}`);
  return body;
}

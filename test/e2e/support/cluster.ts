import { join } from 'node:path';
import type { Manifest } from '../../../constructs';
import { localControlPlane, type LocalControlPlane } from '../../../local';
import { ApiClient, readKubeconfig } from '../../../probes';

/** A control plane and an administrator's client of it. */
export interface Cluster {
  readonly controlPlane: LocalControlPlane;
  readonly client: ApiClient;
}

/** The running control plane of a state folder of the command. */
export async function clusterOf(stateDir: string): Promise<Cluster> {
  const controlPlane = await localControlPlane(join(stateDir, 'control-plane'));
  if (controlPlane === undefined) throw new Error(`no control plane runs in ${stateDir}`);
  return { controlPlane, client: new ApiClient(readKubeconfig(controlPlane.kubeconfig)) };
}

/** Path of the collection that an object belongs to, as the API server's own discovery names it. */
export async function collectionPath(client: ApiClient, manifest: Manifest): Promise<string> {
  const prefix = manifest.apiVersion.includes('/')
    ? `/apis/${manifest.apiVersion}`
    : `/api/${manifest.apiVersion}`;
  const discovery = (await client.send({ path: prefix })).json<{
    resources?: { name: string; kind: string; namespaced: boolean }[];
  }>();
  const resource = discovery?.resources?.find(
    ({ name, kind }) => kind === manifest.kind && !name.includes('/'),
  );
  if (resource === undefined)
    throw new Error(`the API server knows no ${manifest.apiVersion} ${manifest.kind}`);
  const namespace = resource.namespaced ? `/namespaces/${manifest.metadata.namespace ?? 'default'}` : '';
  return `${prefix}${namespace}/${resource.name}`;
}

/** Path of an object. */
export async function objectPath(client: ApiClient, manifest: Manifest): Promise<string> {
  return `${await collectionPath(client, manifest)}/${encodeURIComponent(manifest.metadata.name ?? '')}`;
}

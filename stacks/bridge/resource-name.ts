import type * as pulumi from '@pulumi/pulumi';
import type { RenderedObject } from '../../constructs';
import { groupOf } from '../../constructs/render/order';
import { pulumiType } from './kubernetes-object';

/** The versions that API groups go through, by the convention of Kubernetes. */
const API_VERSIONS = ['v1', 'v2'].flatMap((version) => [
  version,
  ...['alpha', 'beta'].flatMap((stage) => ['1', '2', '3'].map((number) => `${version}${stage}${number}`)),
]);

/**
 * The lasting name of an object's resource: what the cluster calls it, `namespace:name`, and `name` alone where it is in no
 * namespace or in `default`, which is the same object whether that is said or not. Named by its construct path, an object
 * whose construct moves would be two resources for a while, of which the old one takes the object with it when it goes.
 *
 * There is no slash in it, and one in every path: no name is what an earlier release called another object.
 *
 * @returns the construct path where the API server is to make up the name (`generateName`)
 */
export function resourceName({ manifest: { metadata }, path }: RenderedObject): string {
  const { name, namespace = 'default' } = metadata;
  if (name === undefined) return path;
  return namespace === 'default' ? name : `${namespace}:${name}`;
}

/**
 * What else a stack's state may call the same object: by its construct path, as earlier releases did, and by another
 * version of its kind. Pulumi has the version in a resource's type, and to the cluster both are one object.
 */
export function resourceAliases({ manifest, path }: RenderedObject): pulumi.Alias[] {
  const group = groupOf(manifest.apiVersion);
  const versions = group === '' ? [] : API_VERSIONS.map((version) => `${group}/${version}`);
  return [
    { name: path },
    ...versions
      .filter((apiVersion) => apiVersion !== manifest.apiVersion)
      .map((apiVersion) => ({ type: pulumiType({ apiVersion, kind: manifest.kind }) })),
  ];
}

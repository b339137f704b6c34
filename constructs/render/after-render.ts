import type { ApiObject } from 'cdk8s';

/** A rendered Kubernetes object: plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/**
 * Changes an object each time after cdk8s has rendered it. This sees containers and settings that were added to a
 * cdk8s-plus object after it was made, which a JSON patch does not.
 */
export function afterRender(object: ApiObject, change: (manifest: Manifest) => Manifest): void {
  const render = object.toJson.bind(object);
  object.toJson = () => change(render() as Manifest);
}

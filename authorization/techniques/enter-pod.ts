import { ALL } from '../holder';
import { permissions } from '../permission';
import type { Step, Technique } from '../technique';

/** How a program gets into a pod that runs. */
const WAYS: readonly (readonly [subresource: string | undefined, verbs: readonly string[]])[] = [
  ['exec', ['create', 'get']],
  ['attach', ['create', 'get']],
  ['ephemeralcontainers', ['update', 'patch']],
  // The image of a container that runs can be changed.
  [undefined, ['update', 'patch']],
];

/** Runs a program in a pod that holds a token, and reads it. */
export const enterPod: Technique = {
  id: 'enter-pod',
  title: 'runs a program in a pod, and takes its token',
  source: 'T1609, T1528',
  steps: (grants, { tokenHolders }) =>
    WAYS.flatMap(([subresource, verbs]) =>
      permissions(grants, { verbs, group: '', resource: 'pods', subresource }),
    ).flatMap(({ namespace, because }): readonly Step[] =>
      tokenHolders.some((holder) => namespace === undefined || holder.namespace === namespace)
        ? [{ to: { kind: 'Pods', name: namespace ?? ALL }, because }]
        : [],
    ),
};

import { ALL, NODE } from '../holder';
import { permissions } from '../permission';
import type { Step, Technique } from '../technique';
import type { TokenHolder } from '../world';

/** How a program gets into a pod that runs. */
const WAYS: readonly (readonly [subresource: string | undefined, verbs: readonly string[]])[] = [
  ['exec', ['create', 'get']],
  ['attach', ['create', 'get']],
  ['ephemeralcontainers', ['update', 'patch']],
  // The image of a container that runs can be changed.
  [undefined, ['update', 'patch']],
];

/** Runs a program in a pod that holds a token, and reads it; or in one that is privileged, and is root on its node. */
export const enterPod: Technique = {
  id: 'enter-pod',
  title: 'runs a program in a pod, and takes its token or its node',
  source: 'T1609, T1528',
  steps: (grants, { pods, tokenHolders }) =>
    WAYS.flatMap(([subresource, verbs]) =>
      permissions(grants, { verbs, group: '', resource: 'pods', subresource }),
    ).flatMap(({ namespace, because }): readonly Step[] => {
      const isHere = (one: TokenHolder): boolean => namespace === undefined || one.namespace === namespace;
      return [
        ...(tokenHolders.some(isHere)
          ? [{ to: { kind: 'Pods' as const, name: namespace ?? ALL }, because }]
          : []),
        ...(pods.some((pod) => pod.privileged && isHere(pod)) ? [{ to: NODE, because }] : []),
      ];
    }),
};

import { ALL, NODE } from '../holder';
import { permissions, type Permission } from '../permission';
import type { Step, Technique } from '../technique';
import type { Grant } from '../authorizer';
import type { World } from '../world';

/** What makes pods, and with which verbs: the account of a pod that is there cannot be changed. */
const MAKERS: readonly (readonly [group: string, resource: string, verbs: readonly string[]])[] = [
  ['', 'pods', ['create']],
  ['', 'replicationcontrollers', ['create', 'update', 'patch']],
  ['apps', 'deployments', ['create', 'update', 'patch']],
  ['apps', 'replicasets', ['create', 'update', 'patch']],
  ['apps', 'statefulsets', ['create', 'update', 'patch']],
  ['apps', 'daemonsets', ['create', 'update', 'patch']],
  ['batch', 'jobs', ['create']],
  ['batch', 'cronjobs', ['create', 'update', 'patch']],
];

/** Several techniques ask for the same. */
const seen = new WeakMap<readonly Grant[], readonly Permission[]>();

/** Every right to make pods in a namespace, with whatever account and volumes its maker wants. */
export function workloadRights(grants: readonly Grant[]): readonly Permission[] {
  const known = seen.get(grants);
  if (known !== undefined) return known;
  const found = MAKERS.flatMap(([group, resource, verbs]) => permissions(grants, { verbs, group, resource }));
  seen.set(grants, found);
  return found;
}

/** Makes a pod that runs as a stronger account. */
export const createWorkload: Technique = {
  id: 'create-workload',
  title: 'makes a pod that runs as another account of the namespace',
  source: 'T1610; CIS 5.1.4',
  steps: (grants) =>
    workloadRights(grants).map(({ namespace, because }): Step => ({
      to: { kind: 'Accounts', name: namespace ?? ALL },
      because,
    })),
};

/** Makes a pod that takes over its node, or a container in one that is there, where Pod Security lets it. */
export const privilegedPod: Technique = {
  id: 'privileged-pod',
  title: 'makes a privileged pod, in a namespace that admits it, and is root on the node',
  source: 'T1610, T1611; CIS 5.2.2',
  steps: (grants, world) => {
    const inhabited = new Set(world.pods.map(({ namespace }) => namespace));
    const step = ({ namespace, because }: Permission, needsPod: boolean): readonly Step[] => {
      const open = namespacesOf(world, namespace).find(
        (one) => world.podSecurity(one) === 'privileged' && (!needsPod || inhabited.has(one)),
      );
      return open === undefined
        ? []
        : [{ to: NODE, because: `${because}, which admits privileged pods in ${open}` }];
    };
    const added = permissions(grants, {
      ...{ verbs: ['update', 'patch'], group: '', resource: 'pods', subresource: 'ephemeralcontainers' },
    });
    return [
      ...workloadRights(grants).flatMap((one) => step(one, false)),
      ...added.flatMap((one) => step(one, true)),
    ];
  },
};

function namespacesOf({ namespaces }: World, namespace: string | undefined): readonly string[] {
  return namespace === undefined ? namespaces : [namespace];
}

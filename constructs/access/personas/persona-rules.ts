import { api } from '../api';
import type { ApiResource } from '../api-resource';
import { apiResources, isServedIn } from '../api-resources';
import { allow, type AccessRule } from '../rule';

const READ = ['get', 'list', 'watch'] as const;
const KEEP = ['create', 'update', 'patch', 'delete'] as const;

const { deployments, statefulSets, daemonSets } = api.apps;
const { jobs, cronJobs } = api.batch;
const { ingresses, networkPolicies } = api['networking.k8s.io'];
const { podDisruptionBudgets } = api.policy;
const { horizontalPodAutoscalers } = api.autoscaling;
const { subjectAccessReviews, localSubjectAccessReviews } = api['authorization.k8s.io'];

/** What an application is made of, besides its pods, which only its workloads make. */
const APPLICATION = [
  deployments,
  statefulSets,
  jobs,
  cronJobs,
  api.configMaps,
  api.services,
  api.persistentVolumeClaims,
  ingresses,
  podDisruptionBudgets,
  horizontalPodAutoscalers,
];

const SCALES = [deployments.scale, statefulSets.scale];

/** Whether reading a resource shows no value of a Secret. What holds secrets is left out, whoever reads. */
function showsNoSecret({ apiGroup, resource }: ApiResource): boolean {
  return !(apiGroup === '' && resource === 'secrets');
}

/** Reads everything that can be listed and watched, but Secrets; named one by one, so that nothing new is in it unseen. */
function readAll(kubernetes: string, where: (resource: ApiResource) => boolean): readonly AccessRule[] {
  return apiResources()
    .filter(
      (resource) => !resource.resource.includes('/') && READ.every((verb) => resource.verbs.includes(verb)),
    )
    .filter((resource) => isServedIn(resource, kubernetes))
    .filter(showsNoSecret)
    .filter(where)
    .map((resource) => allow(resource, READ));
}

/**
 * Looks into a namespace: everything but Secrets, logs too. Source: AUTH-3.
 *
 * @param kubernetes the release, for example `1.37`
 */
export function readOnlyRules(kubernetes: string): readonly AccessRule[] {
  return [
    ...readAll(kubernetes, ({ namespaced }) => namespaced),
    allow(api.pods.log, ['get']),
    ...SCALES.map((scale) => allow(scale, ['get'])),
  ];
}

/**
 * Works on an application: what it is made of, the number of its pods, and a pod that has to go. No pod of their own, no command in a
 * container, no Secret, no token, no role, no network policy, no limit of the namespace. Source: AUTH-3.
 */
export function developerRules(kubernetes: string): readonly AccessRule[] {
  return [
    ...readOnlyRules(kubernetes),
    ...APPLICATION.map((resource) => allow(resource, KEEP)),
    ...SCALES.map((scale) => allow(scale, ['update', 'patch'])),
    allow(api.pods, ['delete']),
  ];
}

/** Brings an application in: the objects of its YAML but Secrets and roles, and a look at how it goes. Source: AUTH-3. */
export function deployerRules(): readonly AccessRule[] {
  return [
    ...[...APPLICATION, daemonSets, networkPolicies, api.serviceAccounts].map((resource) =>
      allow(resource, [...READ, ...KEEP]),
    ),
    ...[api.pods, api.events, api.apps.replicaSets].map((resource) => allow(resource, READ)),
  ];
}

/** Sees the whole cluster, but Secrets and logs. Source: AUTH-3. */
export function operatorRules(kubernetes: string, nodes: readonly string[]): readonly AccessRule[] {
  return [
    ...readAll(kubernetes, () => true),
    ...(nodes.length === 0 ? [] : [allow(api.nodes, ['patch'], { names: nodes })]),
  ];
}

/** Keeps the workloads of a namespace running: restarts, scales, evicts. Source: AUTH-3. */
export function operatorNamespaceRules(): readonly AccessRule[] {
  return [
    allow(api.pods, ['delete']),
    allow(api.pods.eviction, ['create']),
    ...[deployments, statefulSets, daemonSets].map((resource) => allow(resource, ['patch'])),
    ...SCALES.map((scale) => allow(scale, ['get', 'update', 'patch'])),
  ];
}

/** Sees the whole cluster, but Secrets and logs, and asks who may do what. Source: AUTH-3, AUD-1. */
export function auditorRules(kubernetes: string): readonly AccessRule[] {
  return [
    ...readAll(kubernetes, () => true),
    allow(subjectAccessReviews, ['create']),
    allow(localSubjectAccessReviews, ['create']),
  ];
}

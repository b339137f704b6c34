import { waiverEnd, type Waiver } from '../../model';
import type { Variable } from '../subjects';
import { celLiteral } from '../parameters';

/**
 * The accounts under which the controllers of Kubernetes itself make objects from a template that was judged when it was
 * admitted. With one account for all of them (no `--use-service-account-credentials`) it is the last one.
 */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'replication-controller',
  'statefulset-controller',
  'daemon-set-controller',
  'job-controller',
  'cronjob-controller',
]
  .map((name) => `system:serviceaccount:kube-system:${name}`)
  .concat('system:kube-controller-manager');

/** CEL: the one owner that controls the object, in a list; nobody unless a controller of Kubernetes is who asks. */
const OWNERS = [
  `request.userInfo.username in ${celLiteral(CONTROLLERS)} && has(object.metadata.ownerReferences)`,
  '? object.metadata.ownerReferences.filter(o, has(o.controller) && o.controller)',
  ': []',
].join(' ');

/**
 * CEL: what a person declared and this object comes from, as `Kind/name`. A ReplicaSet of a Deployment is named after it
 * and its template's hash; a Job of a CronJob after it and the minute. Otherwise it is the owner, or the object itself.
 */
const ORIGINS = [
  'variables.owners.size() == 0',
  '? [object.kind + "/" + (has(object.metadata.name) ? object.metadata.name : "")]',
  ': variables.owners.map(o, o.kind + "/" + o.name)',
  '+ variables.owners.filter(o, o.kind == "ReplicaSet" && has(object.metadata.labels) && "pod-template-hash" in object.metadata.labels',
  '&& o.name.endsWith("-" + object.metadata.labels["pod-template-hash"]))',
  '.map(o, "Deployment/" + o.name.substring(0, o.name.size() - object.metadata.labels["pod-template-hash"].size() - 1))',
  '+ variables.owners.filter(o, o.kind == "Job" && o.name.matches("-[0-9]{8,11}$"))',
  '.map(o, "CronJob/" + o.name.substring(0, o.name.lastIndexOf("-")))',
].join(' ');

/**
 * The waivers of a control as variables of its admission policy: `waived`, whether the whole object is, and
 * `waivedContainers`, the names of those that are.
 *
 * A waiver counts when something is created, because only then the API server itself says what time it is
 * (`creationTimestamp`): on an update nothing tells it that cannot be forged. A change of what is judged is then refused.
 *
 * Waivers stand in the policy and not in a parameter object: with `parameterNotFoundAction: Deny` a parameter that is
 * missing refuses even the removal of a finalizer, with `Allow` it lets everything pass.
 */
export function waiverVariables(waivers: readonly Waiver[]): readonly Variable[] {
  if (waivers.length === 0) return [];
  const list = waivers.map((waiver) => ({
    namespace: waiver.namespace,
    origin: `${waiver.kind}/${waiver.name}`,
    container: waiver.container ?? '',
    until: waiverEnd(waiver).toISOString(),
    owner: waiver.owner,
    reason: waiver.reason,
  }));
  return [
    { name: 'waivers', expression: celLiteral(list) },
    { name: 'owners', expression: OWNERS },
    { name: 'origins', expression: ORIGINS },
    {
      name: 'waiversHere',
      expression: [
        'request.operation == "CREATE"',
        '? variables.waivers.filter(w, w.namespace == (has(object.metadata.namespace) ? object.metadata.namespace : "")',
        '&& w.origin in variables.origins && timestamp(w.until) > timestamp(object.metadata.creationTimestamp))',
        ': []',
      ].join(' '),
    },
    { name: 'waived', expression: 'variables.waiversHere.exists(w, w.container == "")' },
    {
      name: 'waivedContainers',
      expression: 'variables.waiversHere.filter(w, w.container != "").map(w, w.container)',
    },
  ];
}

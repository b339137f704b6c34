import { POD_KINDS, POD_VARIABLES, podKindOf, wrapPod } from '../../../policies';

it('every kind of Kubernetes that holds a pod is known', () => {
  expect(POD_KINDS.map(({ apiGroup, kind, resource }) => `${apiGroup}/${kind} ${resource}`)).toEqual([
    '/Pod pods',
    '/PodTemplate podtemplates',
    '/ReplicationController replicationcontrollers',
    'apps/Deployment deployments',
    'apps/ReplicaSet replicasets',
    'apps/StatefulSet statefulsets',
    'apps/DaemonSet daemonsets',
    'batch/Job jobs',
    'batch/CronJob cronjobs',
  ]);
});

describe.each(POD_KINDS.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  it('is found by group and kind, of any version', () => {
    expect(podKindOf(wrapPod(kind, {}))).toBe(kind);
    expect(podKindOf({ apiVersion: 'else.io/v1', kind: kind.kind })).toBeUndefined();
  });

  it('holds the pod where its path says', () => {
    const manifest = wrapPod(kind, { marker: true }, 'n', 'ns');
    expect(manifest).toHaveProperty([...kind.pod, 'spec'], { marker: true });
    expect(manifest.metadata).toMatchObject({ name: 'n', namespace: 'ns' });
  });
});

it('the variables that controls may use are the documented ones', () => {
  expect(POD_VARIABLES.map(({ name }) => name)).toEqual(['podMetadata', 'podSpec']);
});

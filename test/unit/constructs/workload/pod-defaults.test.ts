import type { k8s } from '../../../../constructs/cdk8s-plus';
import { hardenPodSpec } from '../../../../constructs/workload/pod-defaults';
import { DEFAULT_POSTURE } from '../../../../model';

const harden = (pod: k8s.PodSpec) => hardenPodSpec(pod, DEFAULT_POSTURE);

/** A pod about which nothing was said, with both sorts of containers that a template can hold. */
const bare = () =>
  harden({
    containers: [
      { name: 'main', image: 'i' },
      { name: 'sidecar', image: 'i' },
    ],
    initContainers: [{ name: 'init', image: 'i' }],
  });

const CONTAINERS: readonly [string, () => unknown][] = [
  ['the container', () => bare().containers[0]],
  ['a second container', () => bare().containers[1]],
  ['an init container', () => bare().initContainers![0]],
];

const POD_DEFAULTS: readonly [string, readonly string[], unknown][] = [
  ['cannot run as root', ['securityContext', 'runAsNonRoot'], true],
  ['is filtered by seccomp', ['securityContext', 'seccompProfile'], { type: 'RuntimeDefault' }],
  ['gets no API token', ['automountServiceAccountToken'], false],
  ['is not told of every Service', ['enableServiceLinks'], false],
];

const CONTAINER_DEFAULTS: readonly [string, readonly string[], unknown][] = [
  ['cannot run as root', ['securityContext', 'runAsNonRoot'], true],
  ['cannot gain privileges', ['securityContext', 'allowPrivilegeEscalation'], false],
  ['is not privileged', ['securityContext', 'privileged'], false],
  ['cannot write to its root', ['securityContext', 'readOnlyRootFilesystem'], true],
  ['has no capability', ['securityContext', 'capabilities'], { drop: ['ALL'] }],
  ['reserves disk', ['resources', 'requests', 'ephemeral-storage'], '64Mi'],
  ['cannot fill the disk', ['resources', 'limits', 'ephemeral-storage'], '1Gi'],
];

describe('a pod of which nothing was said', () => {
  it.each(POD_DEFAULTS)('%s', (_fact, path, value) => {
    expect(bare()).toHaveProperty(path, value);
  });

  describe.each(CONTAINERS)('%s', (_which, container) => {
    it.each(CONTAINER_DEFAULTS)('%s', (_fact, path, value) => {
      expect(container()).toHaveProperty(path, value);
    });
  });

  it('gets no list of init containers where it had none', () => {
    expect(harden({ containers: [{ name: 'main', image: 'i' }] })).not.toHaveProperty('initContainers');
  });
});

describe('a setting that somebody made is left for the policies to judge', () => {
  it.each<[string, unknown]>([
    ['enableServiceLinks', true],
    ['automountServiceAccountToken', true],
    ['hostNetwork', true],
  ])('pod: %s', (field, value) => {
    expect(harden({ containers: [], [field]: value })).toHaveProperty([field], value);
  });

  it.each<[string, unknown]>([
    ['runAsNonRoot', false],
    ['seccompProfile', { type: 'Unconfined' }],
  ])('pod security context: %s', (field, value) => {
    const pod = harden({ containers: [], securityContext: { [field]: value } });
    expect(pod).toHaveProperty(['securityContext', field], value);
  });

  it.each<[string, unknown]>([
    ['runAsNonRoot', false],
    ['allowPrivilegeEscalation', true],
    ['privileged', true],
    ['readOnlyRootFilesystem', false],
    ['capabilities', { add: ['SYS_ADMIN'] }],
  ])('container security context: %s', (field, value) => {
    const pod = harden({
      containers: [{ name: 'c', image: 'i', securityContext: { [field]: value } }],
    });
    expect(pod.containers[0]).toHaveProperty(['securityContext', field], value);
  });

  it('keeps the other defaults beside it', () => {
    const pod = harden({ containers: [{ name: 'c', securityContext: { privileged: true } }] });
    expect(pod.containers[0]!.securityContext).toMatchObject({
      privileged: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });
});

/** What must stay true of the application. Each of these fails when the setting behind it is relaxed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderApp } from 'keelson';
import { application } from './application';

// The objects as the API server will get them.
const objects: any[] = renderApp(application()).objects.map(({ manifest }) => manifest);
const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
const pods = ofKind('Deployment').map((object) => object.spec.template.spec);
const containers = pods.flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers]);

test('there are two workloads', () => {
  assert.deepEqual(
    ofKind('Deployment')
      .map(({ metadata }) => metadata.name)
      .sort(),
    ['api', 'web'],
  );
  assert.equal(containers.length, 2);
});

test('no container runs as root', () => {
  for (const pod of pods) assert.equal(pod.securityContext.runAsNonRoot, true);
  for (const { securityContext } of containers) assert.ok(securityContext.runAsUser >= 10000);
});

test('no container escalates or keeps a capability', () => {
  for (const { securityContext } of containers) {
    assert.equal(securityContext.allowPrivilegeEscalation, false);
    assert.ok(securityContext.privileged !== true);
    assert.deepEqual(securityContext.capabilities, { drop: ['ALL'] });
  }
});

test('no pod shares what its node has, and system calls are filtered', () => {
  for (const pod of pods) {
    for (const shared of ['hostNetwork', 'hostPID', 'hostIPC']) assert.ok(pod[shared] !== true, shared);
    assert.ok((pod.volumes ?? []).every((volume: any) => volume.hostPath === undefined));
    assert.equal(pod.securityContext.seccompProfile.type, 'RuntimeDefault');
  }
});

test('no container writes to its root file system', () => {
  for (const { securityContext } of containers) assert.equal(securityContext.readOnlyRootFilesystem, true);
});

test('every image is pinned by its digest, and every container bounded', () => {
  for (const { image, resources } of containers) {
    assert.match(image, /@sha256:[0-9a-f]{64}$/);
    assert.ok(resources.limits.memory);
  }
});

test('no pod holds a token of the API server', () => {
  for (const pod of pods) {
    assert.equal(pod.automountServiceAccountToken, false);
    assert.ok(pod.serviceAccountName && pod.serviceAccountName !== 'default');
    const sources = (pod.volumes ?? []).flatMap((volume: any) => volume.projected?.sources ?? []);
    assert.ok(sources.every((source: any) => source.serviceAccountToken === undefined));
  }
});

test('secrets are files, and their values are not in the YAML', () => {
  for (const secret of ofKind('Secret')) {
    assert.equal(secret.data, undefined);
    assert.equal(secret.stringData, undefined);
  }
  assert.equal(ofKind('Secret').length, 1);
  for (const { env = [], envFrom = [] } of containers) {
    assert.ok(env.every((variable: any) => variable.valueFrom?.secretKeyRef === undefined));
    assert.ok(envFrom.every((source: any) => source.secretRef === undefined));
  }
});

test('the namespace admits restricted pods only', () => {
  for (const { metadata } of ofKind('Namespace'))
    assert.equal(metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
  assert.equal(ofKind('Namespace').length, 1);
});

test('traffic is denied but for DNS and from web to api', () => {
  const policies = ofKind('NetworkPolicy').map(({ spec }) => spec);
  const all = policies.filter(({ podSelector }) => Object.keys(podSelector).length === 0);
  const closed = all.find(({ ingress = [], egress = [] }) => ingress.length + egress.length === 0);
  assert.deepEqual([...closed.policyTypes].sort(), ['Egress', 'Ingress']);
  const ports = (direction: 'ingress' | 'egress') =>
    policies
      .flatMap((spec) => spec[direction] ?? [])
      .flatMap((rule) => {
        assert.ok(rule.ports?.length > 0 && (rule.from ?? rule.to)?.length > 0, 'a rule is open to all');
        return rule.ports.map(({ port }: any) => port);
      });
  assert.deepEqual(ports('ingress'), [8080]);
  assert.deepEqual([...new Set(ports('egress'))].sort(), [53, 8080]);
});

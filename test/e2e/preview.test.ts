/** The policy pack: over its own gRPC, and loaded by the real Pulumi engine for `pulumi preview --policy-pack`. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineEvent } from '@pulumi/pulumi/automation';
import { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import { embeddedStack } from '../../cli/embedded-stack';
import { StateFolder } from '../../cli/state-folder';
import { localControlPlane } from '../../local';
import { ACCESS_BASELINE_FORMAT } from '../../model';
import { CONTROLS, POD_KINDS, wrapPod as wrap } from '../../policies';
import { pulumiType } from '../../stacks/bridge/kubernetes-object';
import { resolveTools } from '../../toolchain';
import { SHARED_STATE } from './support/keelson';
import { PACK, PolicyPackProcess, RUNNER, secret, UNKNOWN_STRING } from './support/policy-pack';

const folder = mkdtempSync(join(tmpdir(), 'keelson-preview-'));
const privileged = CONTROLS.find(({ id }) => id === 'privileged')!;
const [good, bad] = [privileged.examples.good[0]!, privileged.examples.bad[0]!];
/** In an ordinary namespace: the default one is refused as such. */
const wrapPod = (kind: (typeof POD_KINDS)[number], pod: Parameters<typeof wrap>[1], name = 'example') =>
  wrap(kind, pod, name, 'shop');
const CANARY = `canary-${process.pid}-${Date.now()}`;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('over its own gRPC', () => {
  let pack: PolicyPackProcess;
  beforeAll(async () => {
    const waivers = join(folder, 'waivers.yaml');
    const waiver = {
      control: 'privileged',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'waived',
      owner: 'platform team',
      reason: 'reads the devices of its node',
      expires: new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10),
    };
    writeFileSync(waivers, JSON.stringify([waiver, { ...waiver, name: 'over', expires: '2020-01-01' }]));
    pack = await PolicyPackProcess.start({ KEELSON_WAIVERS: waivers });
  }, 300_000);
  afterAll(() => pack.stop());

  const broken = async (type: string, props: object) =>
    (await pack.analyze(type, props)).filter(({ mandatory }) => mandatory).map(({ policy }) => policy);

  test.each(POD_KINDS.map((kind) => [kind.kind, kind] as const))('judges a %s', async (_name, kind) => {
    const type = pulumiType(wrapPod(kind, good));
    expect(await broken(type, wrapPod(kind, good))).toEqual([]);
    expect(await broken(type, wrapPod(kind, bad))).toContain('privileged');
  });

  test('tells where and what', async () => {
    const manifest = wrapPod(POD_KINDS[0]!, bad);
    const found = await pack.analyze('kubernetes:core/v1:Pod', manifest);
    expect(found.find(({ policy }) => policy === 'privileged')!.message).toMatch(
      /\nPod shop\/example: spec\.\S+: .+\./,
    );
  });

  test('takes apiVersion and kind from the type where the inputs leave them out', async () => {
    const { spec, metadata } = wrapPod(POD_KINDS[0]!, bad);
    expect(await broken('kubernetes:core/v1:Pod', { spec, metadata })).toContain('privileged');
  });

  test('judges every item of a list, and leaves alone what is no object of its own', async () => {
    const items = [wrapPod(POD_KINDS[0]!, good), wrapPod(POD_KINDS[0]!, bad)];
    expect(await broken('kubernetes:core/v1:PodList', { items })).toContain('privileged');
    const withoutKind = items.map(({ metadata, spec }) => ({ metadata, spec }));
    expect(await broken('kubernetes:core/v1:PodList', { items: withoutKind })).toContain('privileged');
    expect(await broken('kubernetes:v1:Pod', items[1]!)).toContain('privileged');
    expect(await broken('kubernetes:example.com/v1:Widget', items[1]!)).toContain('privileged');
    for (const type of ['kubernetes:core/v1:PodPatch', 'kubernetes:helm.sh/v3:Release']) {
      expect(await pack.analyze(type, items[1]!)).toMatchObject([
        { policy: 'undetermined', mandatory: false },
      ]);
    }
    expect(await pack.analyze('aws:s3/bucket:Bucket', { bucket: 'b' })).toEqual([]);
  });

  test('what is not known yet is undetermined, for that field only, and never passes in silence', async () => {
    const unknown = { ...examplePrivileged(UNKNOWN_STRING), hostNetwork: true };
    const found = await pack.analyze('kubernetes:core/v1:Pod', wrapPod(POD_KINDS[0]!, unknown));
    expect(found.filter(({ policy }) => policy === 'privileged')).toEqual([]);
    expect(found).toContainEqual({
      policy: 'undetermined',
      mandatory: false,
      message: expect.stringMatching(
        /\nprivileged: undetermined: spec\.containers\[0\]\.securityContext\.privileged of Pod/,
      ) as string,
    });
    expect(found.filter(({ mandatory }) => mandatory).map(({ policy }) => policy)).toContain(
      'host-namespaces',
    );
  });

  test('a waiver counts until its day, and one that is over fails the stack', async () => {
    const [deployment] = POD_KINDS.filter(({ kind }) => kind === 'Deployment');
    const of = (name: string) => broken('kubernetes:apps/v1:Deployment', wrapPod(deployment!, bad, name));
    expect(await of('waived')).not.toContain('privileged');
    expect(await of('over')).toContain('privileged');
    const stack = await pack.analyzeStack([]);
    expect(stack.map(({ policy, message }) => [policy, message.includes('over')])).toEqual([
      ['waivers', true],
    ]);
  });

  test('no finding repeats what may be secret', async () => {
    const value = secret(CANARY);
    const pod = examplePrivileged(true, {
      env: [{ name: 'PASSWORD', value }],
      args: [value],
      command: ['sh', '-c', value],
    });
    const metadata = { name: 'm', namespace: 'shop', annotations: { note: value } };
    const said = [
      await pack.analyze('kubernetes:core/v1:Pod', wrapPod(POD_KINDS[0]!, pod)),
      await pack.analyze('kubernetes:core/v1:Secret', { metadata, stringData: { password: value } }),
      await pack.analyze('kubernetes:core/v1:ConfigMap', { metadata, data: { password: value } }),
    ].flat();
    expect(said.length).toBeGreaterThan(0);
    expect(JSON.stringify(said)).not.toContain(CANARY);
  });

  test('a remediation puts it right, and what is secret stays marked', async () => {
    const env = [{ name: 'NOTE', value: secret(CANARY) }];
    const manifest = wrapPod(POD_KINDS[0]!, examplePrivileged(true, { env }));
    const corrected = (await pack.remediate(['privileged'], 'kubernetes:core/v1:Pod', manifest)) as {
      spec: { containers: [{ env: unknown; securityContext: { privileged?: boolean } }] };
    };
    const [container] = corrected.spec.containers;
    expect(container.securityContext.privileged ?? false).toBe(false);
    expect(container.env).toEqual(env);
  });

  test('a remediation leaves alone what is sound and what is waived', async () => {
    const all = CONTROLS.filter(({ remediate }) => remediate !== undefined).map(({ id }) => id);
    expect(await pack.remediate(all, 'kubernetes:core/v1:Pod', wrapPod(POD_KINDS[0]!, good))).toBeUndefined();
    const [deployment] = POD_KINDS.filter(({ kind }) => kind === 'Deployment');
    const waived = wrapPod(deployment!, bad, 'waived');
    expect(await pack.remediate(['privileged'], 'kubernetes:apps/v1:Deployment', waived)).toBeUndefined();
  });
});

/** A pod whose one container has this for `privileged`. */
function examplePrivileged(value: unknown, more: object = {}) {
  const [container] = (good as unknown as { containers: [{ securityContext: object }] }).containers;
  const securityContext = { ...container.securityContext, privileged: value, allowPrivilegeEscalation: true };
  return { ...good, containers: [{ ...container, ...more, securityContext }] };
}

describe('who gets to cluster-admin', () => {
  const ROLES = 'rbac.authorization.k8s.io';
  const binding = (group: string, role: string): readonly [string, object] => [
    `kubernetes:${ROLES}/v1:ClusterRoleBinding`,
    {
      metadata: { name: 'strong' },
      roleRef: { apiGroup: ROLES, kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: ROLES, kind: 'Group', name: group }],
    },
  ];
  const ACCEPTED = binding('team:accepted', 'cluster-admin');
  let pack: PolicyPackProcess;
  beforeAll(async () => {
    const access = join(folder, 'access.json');
    const path = { subject: 'Group team:accepted', steps: ['all-verbs: Cluster'], owner: 'platform team' };
    const paths = [{ ...path, reason: 'the test accepts it' }];
    writeFileSync(access, JSON.stringify({ format: ACCESS_BASELINE_FORMAT, paths }));
    pack = await PolicyPackProcess.start({ KEELSON_ACCESS: access });
  }, 300_000);
  afterAll(() => pack.stop());

  const told = async (...stack: readonly (readonly [string, object])[]) =>
    (await pack.analyzeStack(stack)).filter(({ policy }) => policy === 'access');

  test('is refused, but where it is accepted', async () => {
    expect(await told(ACCEPTED, binding('team:x', 'view'))).toEqual([]);
    const message = expect.stringContaining('Group team:x: It can become an administrator') as string;
    expect(await told(ACCEPTED, binding('team:x', 'system:kube-controller-manager'))).toMatchObject([
      { mandatory: true, message },
    ]);
  });

  test('is judged as far as it is known, and no baseline is stale by what is not', async () => {
    expect(await told(ACCEPTED, binding(UNKNOWN_STRING, 'cluster-admin'))).toEqual([]);
    expect(await told(binding('team:accepted', UNKNOWN_STRING))).toEqual([]);
    const message = expect.stringContaining('There is no such path any more') as string;
    expect(await told(binding('team:accepted', 'view'))).toMatchObject([{ mandatory: true, message }]);
  });
});

describe('loaded by the Pulumi engine', () => {
  test('refuses a preview that breaks a control, and says what it cannot know', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // What Pulumi's release ships under this name: it runs the runner of packs from the project's node_modules.
    writeFileSync(
      join(bin, 'pulumi-analyzer-policy'),
      `#!/bin/sh\nexec '${process.execPath}' '${RUNNER}' "$@"\n`,
    );
    chmodSync(join(bin, 'pulumi-analyzer-policy'), 0o755);
    process.env.PATH = `${bin}:${process.env.PATH}`;
    const state = new StateFolder(join(folder, 'state'));
    state.create();
    const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes']);
    const { kubeconfig } = (await localControlPlane(join(SHARED_STATE, 'control-plane')))!;

    const stack = await embeddedStack(state, tools, async () => {
      class Kubernetes extends pulumi.CustomResource {}
      const provider = new Provider('cluster', { kubeconfig });
      const pod = (name: string, spec: object) =>
        new Kubernetes('kubernetes:core/v1:Pod', name, wrapPod(POD_KINDS[0]!, spec as never, name) as never, {
          provider,
        });
      const first = pod('bad', bad);
      const later = first.urn.apply(() => first.id).apply((id) => id === '');
      pod('later', examplePrivileged(later));
    });
    const events: EngineEvent[] = [];
    const preview = stack.preview({ policyPacks: [PACK], onEvent: (event) => events.push(event) });
    await expect(preview).rejects.toThrow();
    const told = events.flatMap(({ policyEvent }) => policyEvent ?? []);
    expect(told).toContainEqual(
      expect.objectContaining({ policyName: 'privileged', enforcementLevel: 'mandatory' }),
    );
    expect(told).toContainEqual(
      expect.objectContaining({ policyName: 'undetermined', enforcementLevel: 'advisory' }),
    );
  }, 600_000);
});

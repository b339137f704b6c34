import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Manifest } from '../../../../constructs';
import { SEVERITIES } from '../../../../model';
import {
  checkObjects,
  CONTROLS,
  judgesAlone,
  isPodKind,
  judgesPods,
  wrapPod,
  type Control,
  type Example,
  type PodKind,
  type Validation,
} from '../../../../policies';
import { compileControls, type CompiledControl } from '../../../../policies/engine/compile';

const objectOf = (control: Control, example: Example, kind = control.kinds[0]!): Manifest =>
  judgesPods(control)
    ? wrapPod(kind as PodKind, example, 'example', 'shop')
    : (example as unknown as Manifest);

const breaks = ({ control, judge }: CompiledControl, example: Example, kind?: PodKind): boolean =>
  judge(objectOf(control, example, kind)).length > 0;

/** Numbers, from 1, of the examples of which a condition holds. */
const which = (examples: readonly Example[], condition: (example: Example) => boolean): readonly number[] =>
  examples.flatMap((example, index) => (condition(example) ? [index + 1] : []));

/** A control in which one expression is true for everything. */
function without(control: Control, removed: Validation): Control {
  const validations = control.validations.map((validation) =>
    validation === removed ? { ...validation, expression: 'true' } : validation,
  );
  return { ...control, validations };
}

/** A pod's annotations stand beside its `spec`, which is all that a remedy is given. */
const isBeyondRemedy = (example: Example): boolean =>
  example.kind === undefined && example.metadata !== undefined;

it('no control disappears or comes without notice', () => {
  expect(CONTROLS.map(({ id }) => id)).toEqual([
    'added-capabilities',
    'admission-changes',
    'anonymous-binding',
    'api-service-tls',
    'apparmor-profile',
    'authenticated-binding',
    'automount-token',
    'bare-pod',
    'built-in-role-extension',
    'certificate-approval',
    'cluster-admin-binding',
    'control-plane-scheduling',
    'credential-in-annotation',
    'credential-in-arguments',
    'credential-in-config-map',
    'credential-in-environment',
    'credential-in-pod-annotation',
    'default-account-binding',
    'default-deny',
    'default-namespace',
    'default-service-account',
    'drop-capabilities',
    'empty-network-selector',
    'ephemeral-storage-limit',
    'escalate-and-bind',
    'exec-into-pods',
    'external-ips',
    'external-name',
    'host-namespaces',
    'host-path',
    'host-ports',
    'image-digest',
    'image-registry',
    'image-tag',
    'impersonation',
    'ingress-host',
    'ingress-tls',
    'interactive-terminal',
    'load-balancer-sources',
    'masters-binding',
    'memory-limit',
    'metadata-egress',
    'namespace-changes',
    'namespace-pod-security',
    'network-policy-ports',
    'node-port',
    'node-proxy',
    'open-network-policy',
    'persistent-volume-creation',
    'persistent-volume-host-path',
    'pod-binding',
    'pod-creation',
    'port-forwarding',
    'privilege-escalation',
    'privileged',
    'probe-host',
    'proc-mount',
    'proc-mount-default',
    'read-only-root',
    'readiness-probe',
    'resource-requests',
    'root-group',
    'root-in-user-namespace',
    'root-user',
    'run-as-non-root',
    'runtime-socket',
    'seccomp-profile',
    'seccomp-unconfined',
    'secret-in-environment',
    'secret-reading',
    'selinux-options',
    'service-account-automount',
    'service-account-token-secret',
    'share-process-namespace',
    'sysctls',
    'token-creation',
    'token-lifetime',
    'user-range',
    'volume-types',
    'webhook-failure-policy',
    'wildcard-resources',
    'wildcard-verbs',
    'windows-host-process',
  ]);
});

it('each control is a file of its name, in the folder of its area', () => {
  const folder = join(__dirname, '../../../../policies/controls');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && dirname(name) !== '.')
    .map((name) => `${dirname(name)}/${basename(name, '.ts')}`);
  expect(files.sort()).toEqual(CONTROLS.map(({ area, id }) => `${area}/${id}`).sort());
});

describe.each(CONTROLS.map((control) => [control.id, control] as const))('%s', (_id, control) => {
  const [whole] = compileControls([control]) as [CompiledControl];
  const { good, bad } = control.examples;
  const kinds = judgesPods(control) ? control.kinds.filter(isPodKind) : [undefined];

  it.each(kinds.map((kind) => [kind?.kind ?? 'kind of its own', kind] as const))(
    'in a %s: refuses what is bad, lets pass what is good',
    (_kind, kind) => {
      expect(which(bad, (example) => !breaks(whole, example, kind))).toEqual([]);
      expect(which(good, (example) => breaks(whole, example, kind))).toEqual([]);
    },
  );

  it.each(control.validations.map((validation, index) => [index, validation] as const))(
    'needs its validation %d: without it a bad example passes',
    (_index, validation) => {
      const [weaker] = compileControls([without(control, validation)]) as [CompiledControl];
      expect(which(bad, (example) => !breaks(weaker, example))).not.toEqual([]);
    },
  );

  it('shows examples of both sorts, of kinds that it judges', () => {
    expect(good).not.toEqual([]);
    expect(bad).not.toEqual([]);
    for (const example of [...good, ...bad]) expect(whole.judges(objectOf(control, example))).toBe(true);
  });

  const { remediate } = control;
  if (remediate !== undefined) {
    it('puts right each of its bad examples, and leaves what is right', () => {
      const wrong = bad.filter((example) => !isBeyondRemedy(example));
      const before = JSON.stringify(wrong);
      expect(which(wrong, (example) => breaks(whole, remediate(example)))).toEqual([]);
      for (const example of [...good.filter((one) => !isBeyondRemedy(one)), ...wrong]) {
        const right = remediate(example);
        expect(breaks(whole, right)).toBe(false);
        expect(remediate(right)).toEqual(right);
      }
      expect(JSON.stringify(wrong)).toBe(before);
    });
  }

  it('is described as data: name, severity, remediation, what it answers to', () => {
    expect(control.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(SEVERITIES).toContain(control.severity);
    for (const text of [control.title, control.rationale, control.remediation])
      expect(text.trim()).not.toBe('');
    const { recommendations, cis, attack } = control.mappings;
    expect([...recommendations, ...cis, ...attack]).not.toEqual([]);
    for (const { message } of control.validations) expect(message).toMatch(/\.$/);
  });
});

/** Every pod and every object that there is an example of. */
const EXAMPLES = CONTROLS.flatMap(({ examples }) => [...examples.good, ...examples.bad]);

const REMEDIED = CONTROLS.filter(({ remediate }) => remediate !== undefined);

it.each(REMEDIED.map((control) => [control.id, control] as const))(
  '%s: its remedy leaves what complies exactly as it is',
  (_id, control) => {
    const [compiled] = compileControls([control]) as [CompiledControl];
    const isPod = ({ kind }: Example): boolean => kind === undefined;
    const complying = EXAMPLES.filter(
      (example) => isPod(example) === judgesPods(control) && !isBeyondRemedy(example),
    )
      .filter((example) => compiled.judges(objectOf(control, example)))
      .filter((example) => !breaks(compiled, example));
    expect(complying).not.toEqual([]);
    const remedied = complying.map((example) => control.remediate!(example));
    expect(remedied).toEqual(complying);
  },
);

/** Controls of which a bad example cannot help to break another as well: one says more than the other. */
const SAY_MORE: Readonly<Record<string, readonly string[]>> = {
  'added-capabilities': ['drop-capabilities'],
  'host-path': ['volume-types'],
  'image-tag': ['image-digest'],
  'open-network-policy': ['empty-network-selector', 'metadata-egress', 'network-policy-ports'],
  privileged: ['privilege-escalation'],
  'proc-mount': ['proc-mount-default'],
  'resource-requests': ['memory-limit'],
  'runtime-socket': ['host-path', 'volume-types'],
  'seccomp-unconfined': ['seccomp-profile'],
  'seccomp-profile': ['seccomp-unconfined'],
};

it('a bad example breaks its one control only, but for those that say more', () => {
  const compiled = compileControls(CONTROLS.filter(judgesAlone));
  const others = CONTROLS.flatMap((control) =>
    control.examples.bad.flatMap((example, index) =>
      compiled
        .filter((other) => other.control !== control && other.judge(objectOf(control, example)).length > 0)
        .filter((other) => SAY_MORE[control.id]?.includes(other.control.id) !== true)
        .map((other) => `bad example ${index + 1} of ${control.id} breaks ${other.control.id}`),
    ),
  );
  expect(others).toEqual([]);
});

/** A container that meets every control. */
const SAFE = {
  name: 'c',
  image: `registry.example/app@sha256:${'0'.repeat(64)}`,
  resources: {
    requests: { cpu: '1', memory: '1Mi', 'ephemeral-storage': '1Mi' },
    limits: { memory: '1Mi', 'ephemeral-storage': '1Mi' },
  },
  securityContext: {
    runAsNonRoot: true,
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

const secure = (change: object): object => ({ securityContext: { ...SAFE.securityContext, ...change } });

/** Changes to a safe container, each with the controls that have to see it. */
const UNSAFE: readonly [string, object, readonly string[]][] = [
  ['is privileged', secure({ privileged: true }), ['privileged']],
  ['may escalate', secure({ allowPrivilegeEscalation: true }), ['privilege-escalation']],
  ['keeps capabilities', secure({ capabilities: { drop: ['KILL'] } }), ['drop-capabilities']],
  [
    'adds a capability',
    secure({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
    ['added-capabilities', 'drop-capabilities'],
  ],
  ['can write to its root', secure({ readOnlyRootFilesystem: false }), ['read-only-root']],
  ['is root', secure({ runAsUser: 0 }), ['root-user']],
  ['may be root', secure({ runAsNonRoot: false }), ['run-as-non-root']],
  ['has no seccomp profile', secure({ seccompProfile: undefined }), ['seccomp-profile']],
  ['opens a host port', { ports: [{ containerPort: 8080, hostPort: 8080 }] }, ['host-ports']],
];

describe.each(['containers', 'initContainers', 'ephemeralContainers'])('in %s', (list) => {
  const check = (container: object) => {
    const spec = { automountServiceAccountToken: false, containers: [SAFE], [list]: [SAFE, container] };
    const metadata = { name: 'p', namespace: 'shop', ownerReferences: [{ kind: 'ReplicaSet' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    return checkObjects([{ manifest: pod, source: 'p' }]).map(({ control }) => control);
  };

  it.each(UNSAFE)('a container that %s is seen', (_what, change, controls) => {
    expect(check({ ...SAFE, ...change })).toEqual(controls);
  });

  it('a safe container passes', () => {
    expect(check(SAFE)).toEqual([]);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Chart, Include, JsonPatch } from 'cdk8s';
import fc from 'fast-check';
import { KeelsonApp, Posture, renderApp, type Manifest } from '../../../../constructs';
import { Deployment, k8s } from '../../../../constructs/cdk8s-plus';
import { DEFAULT_POSTURE, type Waiver } from '../../../../model';
import {
  changesOf,
  checkObjects,
  CONTROLS,
  enforceAtSynth,
  harden,
  isPodKind,
  onlyAdds,
  POD_KINDS,
  podKindOf,
  wrapPod,
  type Control,
  type Example,
} from '../../../../policies';
import { compileControls } from '../../../../policies/engine/compile';
import { at } from '../../../../policies/engine/paths';
import { hardenObject } from '../../../../policies/enforce/harden-object';
import { REFERENCE_DEFAULTS } from '../../../../stacks/reference/inputs';
import { referenceStack } from '../../../../stacks/reference/reference-stack';
import { appWithChart } from '../../support/charts';
import { temporaryFolder } from '../../support/folders';
import { hardened } from '../../support/hardened';
import { problemsOf } from '../../support/problems';

const STANDARD = CONTROLS.filter(({ mappings }) => mappings.pss !== undefined);
const [POD] = POD_KINDS;
const DEPLOYMENT = POD_KINDS.find(({ kind }) => kind === 'Deployment')!;

const pod = (spec: Example): Manifest => wrapPod(POD!, spec, 'theirs', 'shop');
const podOf = (manifest: Manifest): Example => at(manifest, [...podKindOf(manifest)!.pod, 'spec']) as Example;
const securityOf = (manifest: Manifest, index = 0): Example =>
  (podOf(manifest).containers as Example[])[index]!.securityContext as Example;
const ids = (found: readonly { readonly control?: string }[]): readonly (string | undefined)[] => [
  ...new Set(found.map(({ control }) => control)),
];

/** What it is about in the tests of single controls: the object as it would be declared. */
const objectOf = ({ kinds }: Control, example: Example): Manifest =>
  kinds.every(isPodKind) ? wrapPod(DEPLOYMENT, example, 'theirs', 'shop') : (example as Manifest);

const waiver = (control: string, container?: string): Waiver => ({
  control,
  kind: 'Pod',
  namespace: 'shop',
  name: 'theirs',
  ...(container === undefined ? {} : { container }),
  owner: 'team-shop',
  reason: 'it is needed until they release the next version',
  expires: '2026-12-31',
});

describe('a pod of which nothing was said', () => {
  const bare = hardened(
    pod({ containers: [{ name: 'main', image: 'i' }], initContainers: [{ name: 'init', image: 'i' }] }),
  );

  it.each<[string, readonly (string | number)[], unknown]>([
    ['cannot run as root', ['securityContext', 'runAsNonRoot'], true],
    ['is filtered by seccomp', ['securityContext', 'seccompProfile', 'type'], 'RuntimeDefault'],
    ['cannot gain privileges', ['containers', 0, 'securityContext', 'allowPrivilegeEscalation'], false],
    ['has no capability', ['containers', 0, 'securityContext', 'capabilities', 'drop'], ['ALL']],
    [
      'has none in an init container',
      ['initContainers', 0, 'securityContext', 'capabilities', 'drop'],
      ['ALL'],
    ],
  ])('%s', (_fact, path, value) => {
    expect(at(podOf(bare.manifest), path)).toEqual(value);
  });

  it('passes the standard', () => {
    expect(checkObjects([{ manifest: bare.manifest, source: '' }], STANDARD)).toEqual([]);
  });

  it.each<[string, readonly (string | number)[], string]>([
    ['may have to write', ['containers', 0, 'securityContext', 'readOnlyRootFilesystem'], 'read-only-root'],
    ['may have to call the API', ['automountServiceAccountToken'], 'automount-token'],
  ])('%s: nothing is changed, and a person is asked', (_fact, path, control) => {
    expect(at(podOf(bare.manifest), path)).toBeUndefined();
    expect(ids(bare.decisions)).toContain(control);
  });

  it('each change has its place, value, reason and risk, each decision a way out', () => {
    expect(bare.changes).toContainEqual({
      resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'theirs' },
      source: 'theirs/object',
      path: 'spec.securityContext.runAsNonRoot',
      after: true,
      control: 'run-as-non-root',
      reason: CONTROLS.find(({ id }) => id === 'run-as-non-root')!.title,
      risk: CONTROLS.find(({ id }) => id === 'run-as-non-root')!.risk,
    });
    for (const { remediation, why } of bare.decisions) expect([remediation, why]).not.toContain('');
  });

  it('the text shows both', () => {
    const lines = bare.text.split('\n');
    expect(lines.slice(0, 2)).toEqual([
      '--- Pod shop/theirs (theirs/object)',
      '+++ Pod shop/theirs (theirs/object), hardened',
    ]);
    const at = lines.findIndex((line) =>
      line.startsWith('@@ spec.securityContext.runAsNonRoot @@ run-as-non-root'),
    );
    expect(lines[at + 1]).toBe('+true');
    expect(bare.text).toContain('! read-only-root (medium) spec.containers[0]');
  });
});

describe('what somebody wrote stays', () => {
  it.each<[string, Example, Example, string]>([
    ['a privileged container', {}, { privileged: true }, 'privileged'],
    ['escalation', {}, { allowPrivilegeEscalation: true }, 'privilege-escalation'],
    ['a capability', {}, { capabilities: { add: ['NET_ADMIN'] } }, 'added-capabilities'],
    ['a usual capability', {}, { capabilities: { add: ['CHOWN'] } }, 'drop-capabilities'],
    ['root', {}, { runAsUser: 0 }, 'root-user'],
    ['maybe root', {}, { runAsNonRoot: false }, 'run-as-non-root'],
    ['a writable root', {}, { readOnlyRootFilesystem: false }, 'read-only-root'],
    ['no seccomp', {}, { seccompProfile: { type: 'Unconfined' } }, 'seccomp-unconfined'],
    ['the network of the node', { hostNetwork: true }, {}, 'host-namespaces'],
    ['a path of the node', { volumes: [{ name: 'v', hostPath: { path: '/x' } }] }, {}, 'host-path'],
    ['root for the pod', { securityContext: { runAsUser: 0 } }, {}, 'root-user'],
  ])('%s: reported', (_what, spec, securityContext, control) => {
    const before = pod({ ...spec, containers: [{ name: 'main', image: 'i', securityContext }] });
    const { manifest, decisions } = hardened(before);
    expect(onlyAdds(before, manifest)).toBe(true);
    expect(ids(decisions)).toContain(control);
  });

  it('a partial list of dropped capabilities is added to', () => {
    const { manifest } = hardened(
      pod({
        containers: [{ name: 'main', image: 'i', securityContext: { capabilities: { drop: ['NET_RAW'] } } }],
      }),
    );
    expect(securityOf(manifest)).toHaveProperty('capabilities.drop', ['NET_RAW', 'ALL']);
  });

  it('who asks for privileges is left whole, the container beside it is not', () => {
    const privileged = { name: 'a', image: 'i', securityContext: { privileged: true } };
    const { manifest } = hardened(pod({ containers: [privileged, { name: 'b', image: 'i' }] }));
    expect((podOf(manifest).containers as Example[])[0]).toEqual(privileged);
    expect(securityOf(manifest, 1)).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    // What the pod says would count for the first one too.
    expect(podOf(manifest)).not.toHaveProperty('securityContext');
  });

  it('a container that is root is not also told not to be', () => {
    const { manifest } = hardened(
      pod({ containers: [{ name: 'a', image: 'i', securityContext: { runAsUser: 0 } }] }),
    );
    expect(podOf(manifest)).not.toHaveProperty('securityContext.runAsNonRoot');
  });
});

const REMEDIED = CONTROLS.filter(({ remediate }) => remediate !== undefined);

describe.each(REMEDIED.map((control) => [control.id, control] as const))('%s', (id, control) => {
  const isApplicable = (example: Example): boolean => {
    const after = control.remediate!(example);
    return checkObjects([{ manifest: objectOf(control, after), source: '' }], [control]).length === 0;
  };
  const bad = control.examples.bad.filter(isApplicable);

  it('says what is at risk', () => {
    expect(control.risk).toMatch(/^[A-Z].*\.$/);
  });

  it('each bad example is put right by adding, or left and reported', () => {
    expect(bad).not.toEqual([]);
    for (const example of bad) {
      const before = objectOf(control, example);
      const { manifest, decisions } = hardened(before);
      expect(onlyAdds(before, manifest)).toBe(true);
      const broken = checkObjects([{ manifest, source: '' }], [control]).length > 0;
      expect(ids(decisions).includes(id)).toBe(broken);
      if (control.absence === 'ask') expect(broken).toBe(true);
    }
  });

  it('each bad example is put right once a person decided so', () => {
    for (const example of bad) {
      const { manifest, decisions, changes } = hardened(objectOf(control, example), {}, { decided: [id] });
      expect(checkObjects([{ manifest, source: '' }], [control])).toEqual([]);
      expect(ids(decisions)).not.toContain(id);
      expect(ids(changes)).toContain(id);
    }
  });
});

it('what is decided has to be a control with a remedy', () => {
  const { chart } = appWithChart();
  const problems = problemsOf(() => harden(chart, { decided: ['host-path', 'nothing', 'privileged'] }));
  expect(problems.map(({ message }) => message)).toEqual([
    'There is no control "host-path" with a remedy.',
    'There is no control "nothing" with a remedy.',
  ]);
});

describe('a waiver', () => {
  const two = pod({
    containers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ],
  });

  it('keeps what it covers, and nothing else', () => {
    const { manifest, decisions } = hardened(two, { waivers: [waiver('drop-capabilities', 'a')] });
    expect(securityOf(manifest, 0)).toEqual({ allowPrivilegeEscalation: false });
    expect(securityOf(manifest, 1)).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(ids(decisions)).not.toContain('drop-capabilities');
  });

  it('for the whole pod keeps all of it', () => {
    const { manifest } = hardened(two, { waivers: [waiver('run-as-non-root')] });
    expect(podOf(manifest)).not.toHaveProperty('securityContext.runAsNonRoot');
    expect(podOf(manifest)).toHaveProperty('securityContext.seccompProfile');
  });

  it('is needed afterwards: synth does not call it unmatched', () => {
    const app = new KeelsonApp({ waivers: [waiver('drop-capabilities', 'a')] });
    const chart = new Chart(app, 'chart');
    new ApiObject(chart, 'pod', two as never);
    harden(app);
    const problems = problemsOf(() => enforceAtSynth(renderApp(app), { now: new Date('2026-11-25') }));
    expect(problems.filter(({ code }) => code === 'waiver/invalid')).toEqual([]);
    expect(problems.filter(({ message }) => message.includes('drop-capabilities'))).toEqual([]);
  });

  it('what is written does not depend on its day', () => {
    const over = { ...waiver('drop-capabilities', 'a'), expires: '2020-01-01' };
    expect(hardened(two, { waivers: [over] }).manifest).toEqual(
      hardened(two, { waivers: [waiver('drop-capabilities', 'a')] }).manifest,
    );
  });
});

describe('in any tree', () => {
  const RENDERED_CHART = `
apiVersion: v1
kind: Namespace
metadata: { name: theirs }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: theirs }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: theirs, labels: { helm.sh/chart: web-1.0.0 } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: web
      containers:
        - { name: web, image: 'registry.example/web:1', securityContext: {} }
`;

  it('included YAML: what Helm rendered, its namespace and its account', () => {
    const { app, chart } = appWithChart();
    const file = join(temporaryFolder(), 'rendered.yaml');
    writeFileSync(file, RENDERED_CHART);
    new Include(chart, 'theirs', { url: file });
    const hardening = harden(chart);
    const manifest = (kind: string) =>
      renderApp(app).objects.find((one) => one.manifest.kind === kind)!.manifest;
    expect(securityOf(manifest('Deployment'))).toHaveProperty('allowPrivilegeEscalation', false);
    expect(manifest('Namespace').metadata.labels).toEqual({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(ids(hardening.decisions())).toEqual(
      expect.arrayContaining(['service-account-automount', 'automount-token', 'default-deny']),
    );
  });

  it('bare cdk8s-plus, with what is added to it later', () => {
    const { app, chart } = appWithChart();
    const deployment = new Deployment(chart, 'web', { containers: [{ image: 'a' }] });
    harden(chart);
    deployment.addContainer({ name: 'late', image: 'b' });
    const { manifest } = renderApp(app).objects[0]!;
    expect(securityOf(manifest, 1)).toHaveProperty('capabilities.drop', ['ALL']);
  });

  it.each<[string, (app: App, chart: Chart) => unknown]>([
    ['keelson', (app) => renderApp(app).objects[0]!.manifest],
    ['stock cdk8s', (_app, chart) => (chart.toJson() as unknown[])[0]],
  ])('an object that is declared after harden, rendered by %s', (_by, render) => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    harden(app);
    new k8s.KubePod(chart, 'late', { spec: { containers: [{ name: 'a', image: 'i' }] } });
    expect(render(app, chart)).toHaveProperty('spec.securityContext.runAsNonRoot', true);
  });

  it('only below its scope', () => {
    const app = new KeelsonApp();
    const [one, other] = [new Chart(app, 'one'), new Chart(app, 'other')];
    for (const chart of [one, other])
      new ApiObject(chart, 'pod', {
        ...pod({ containers: [{ name: 'a', image: 'i' }] }),
        metadata: { name: chart.node.id },
      } as never);
    const hardening = harden(one);
    const [first, second] = renderApp(app).objects.map(({ manifest }) => manifest);
    expect(first).toHaveProperty('spec.securityContext');
    expect(second).not.toHaveProperty('spec.securityContext');
    expect(new Set(hardening.decisions().map(({ source }) => source))).toEqual(new Set(['one/pod']));
  });

  it('by the rules of the posture’s version of Kubernetes', () => {
    const sysctls = [{ name: 'net.ipv4.tcp_slow_start_after_idle', value: '0' }];
    const decisions = (kubernetes: '1.36' | '1.37') =>
      ids(
        hardened(pod({ containers: [], securityContext: { sysctls } }), { posture: { kubernetes } })
          .decisions,
      );
    expect(decisions('1.37')).not.toContain('sysctls');
    expect(decisions('1.36')).toContain('sysctls');
    expect(Posture.of(new KeelsonApp()).kubernetes).toBe('1.37');
  });

  it('our own constructs already have it all', () => {
    const { app } = referenceStack(REFERENCE_DEFAULTS);
    const before = renderApp(app).objects.map(({ digest }) => digest);
    const hardening = harden(app);
    expect(hardening.changes()).toEqual([]);
    expect(hardening.decisions()).toEqual([]);
    expect(hardening.text()).toBe('');
    expect(renderApp(app).objects.map(({ digest }) => digest)).toEqual(before);
  });

  it('a JSON patch has the last word, and the diff does not claim what it took back', () => {
    const { app, chart } = appWithChart();
    const object = new ApiObject(chart, 'pod', pod({ containers: [{ name: 'a', image: 'i' }] }) as never);
    object.addJsonPatch(
      JsonPatch.replace('/spec/containers/0/securityContext/allowPrivilegeEscalation', true),
      JsonPatch.remove('/spec/securityContext/runAsNonRoot'),
    );
    const hardening = harden(chart);
    expect(securityOf(renderApp(app).objects[0]!.manifest)).toHaveProperty('allowPrivilegeEscalation', true);
    expect(ids(hardening.decisions())).toEqual(
      expect.arrayContaining(['privilege-escalation', 'run-as-non-root']),
    );
    expect(hardening.changes().map(({ path }) => path)).not.toContain('spec.securityContext.runAsNonRoot');
    expect(hardening.changes().map(({ path, after }) => `${path}=${String(after)}`)).not.toContain(
      'spec.containers[0].securityContext.allowPrivilegeEscalation=false',
    );
  });
});

describe('whatever it is given', () => {
  /** Pods made of parts of all examples, so that good and bad meet. */
  const examples = CONTROLS.filter(({ kinds }) => kinds.every(isPodKind))
    .flatMap(({ examples: { good, bad } }) => [...good, ...bad])
    .map((example) => ('spec' in example ? (example.spec as Example) : example));
  const mixed = fc
    .tuple(
      fc.array(fc.constantFrom(...examples), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...POD_KINDS),
    )
    .map(([parts, kind]) => {
      const containers = parts.flatMap((part, index) =>
        ((part.containers ?? []) as Example[]).map((one, n) => ({ ...one, name: `c-${index}-${n}` })),
      );
      return wrapPod(kind, { ...Object.assign({}, ...parts), containers }, 'theirs', 'shop');
    });
  const rejected = (manifest: Manifest) => checkObjects([{ manifest, source: '' }], STANDARD);

  it('hardening twice is hardening once; it adds; what the standard still refuses is reported', () => {
    fc.assert(
      fc.property(mixed, (before) => {
        const once = hardened(before);
        const twice = hardened(once.manifest);
        expect(twice.manifest).toEqual(once.manifest);
        expect(twice.changes).toEqual([]);
        expect(onlyAdds(before, once.manifest)).toBe(true);
        const reported = once.decisions.filter(({ control }) => STANDARD.some(({ id }) => id === control));
        expect(reported.map(({ control, path }) => [control, path])).toEqual(
          rejected(once.manifest).map(({ control, path }) => [control, path]),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('a port that the host network filled in goes with it', () => {
    const ports = [
      { containerPort: 8080, hostPort: 8080 },
      { containerPort: 8081, hostPort: 9000 },
    ];
    const pod = wrapPod(
      POD_KINDS[0]!,
      { hostNetwork: true, containers: [{ name: 'c', ports }] },
      'theirs',
      'shop',
    );
    const { manifest } = hardened(pod, {}, { decided: ['host-namespaces'] });
    expect(manifest).toMatchObject({
      spec: { containers: [{ ports: [{ containerPort: 8080 }, { containerPort: 8081, hostPort: 9000 }] }] },
    });
    expect(JSON.stringify(manifest)).not.toMatch(/hostNetwork|"hostPort":8080/);
  });

  it('so it is once everything is decided', () => {
    const decided = REMEDIED.map(({ id }) => id);
    fc.assert(
      fc.property(mixed, (before) => {
        const once = hardened(before, {}, { decided });
        expect(hardened(once.manifest, {}, { decided }).manifest).toEqual(once.manifest);
      }),
      { numRuns: 150 },
    );
  });

  it('never throws, and leaves what the API would not take', () => {
    const kinds = fc.constantFrom(...CONTROLS.flatMap((control) => control.kinds));
    const garbage = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, depthSize: 'small' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('value'), { maxLength: 2 }),
        tie('fields'),
      ),
      fields: fc.dictionary(
        fc.constantFrom(
          'spec',
          'template',
          'jobTemplate',
          'containers',
          'securityContext',
          'capabilities',
          'add',
          'drop',
          'ports',
          'metadata',
          'labels',
          'webhooks',
          'name',
          'tolerations',
          'sysctls',
          'initContainers',
        ),
        tie('value'),
      ),
    }));
    const controls = compileControls(CONTROLS);
    const decisions = fc.constantFrom<readonly string[]>(
      [],
      REMEDIED.map(({ id }) => id),
    );
    const versions = fc.constantFrom('v1', 'v1', 'v1beta1');
    fc.assert(
      fc.property(
        kinds,
        versions,
        garbage.fields,
        decisions,
        ({ kind, apiGroup }, version, fields, decided) => {
          const manifest = {
            ...(JSON.parse(JSON.stringify(fields)) as object),
            apiVersion: apiGroup === '' ? version : `${apiGroup}/${version}`,
            kind,
            metadata: { name: 'theirs', namespace: 'shop' },
          };
          const steps = hardenObject(manifest, manifest, {
            controls,
            posture: DEFAULT_POSTURE,
            waivers: [],
            decided,
          });
          const after = steps[steps.length - 1]?.after ?? manifest;
          expect(changesOf(steps, manifest, after, '').length > 0).toBe(steps.length > 0);
          expect(decided.length > 0 || onlyAdds(manifest, after)).toBe(true);
        },
      ),
      { numRuns: 1000, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
    );
  });

  /** Without `renderApp`, which refuses Secrets with values. */
  function textOf(manifest: Manifest): string {
    const { chart } = appWithChart();
    new ApiObject(chart, 'object', manifest as never);
    return harden(chart).text();
  }

  it('no secret value is shown', () => {
    const secret = 'hunter2-hunter2';
    const objects = [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { password: secret } },
      pod({
        containers: [
          {
            name: 'a',
            image: 'i',
            args: [`--password=${secret}`],
            env: [{ name: 'DB_PASSWORD', value: secret }],
          },
        ],
      }),
    ] as unknown as Manifest[];
    for (const manifest of objects) expect(textOf(manifest)).not.toContain(secret);
  });

  it('a name does not reach the terminal as it is', () => {
    const text = textOf(pod({ containers: [{ name: 'a\u001b[2J\n! x', image: 'i' }] }));
    expect(text).not.toContain('\u001b');
    expect(text.split('\n').every((line) => !line.startsWith('! x'))).toBe(true);
  });
});

describe('what the posture names', () => {
  const made = (spec: Example) => {
    const app = new KeelsonApp({
      posture: { appArmor: 'RuntimeDefault', seLinux: { level: 's0:c1,c2' }, userNamespaces: true },
    });
    const chart = new Chart(app, 'chart');
    new ApiObject(chart, 'theirs', pod(spec) as never);
    const hardening = harden(chart);
    return { hardening, pod: podOf(renderApp(app).objects[0]!.manifest) };
  };
  const container = { name: 'c', image: 'i' };
  const named = (found: ReturnType<typeof made>) =>
    ids(found.hardening.changes()).filter((id) => id?.startsWith('posture.'));

  it('is filled in where a pod says nothing of it, and told with what it risks', () => {
    const found = made({ containers: [container] });
    expect(found.pod).toMatchObject({
      hostUsers: false,
      securityContext: { appArmorProfile: { type: 'RuntimeDefault' }, seLinuxOptions: { level: 's0:c1,c2' } },
    });
    expect(named(found)).toEqual(['posture.appArmor', 'posture.seLinux', 'posture.userNamespaces']);
    expect(found.hardening.text()).toContain('A node without idmapped mounts does not start the pod.');
  });

  it('stays as somebody wrote it', () => {
    const found = made({
      hostUsers: true,
      securityContext: {
        appArmorProfile: { type: 'Localhost', localhostProfile: 'own' },
        seLinuxOptions: { level: 's0' },
      },
      containers: [container],
    });
    expect(found.pod).toMatchObject({
      hostUsers: true,
      securityContext: { appArmorProfile: { type: 'Localhost' }, seLinuxOptions: { level: 's0' } },
    });
    expect(named(found)).toEqual([]);
  });

  it.each([
    ['asks for the network of its node', { hostNetwork: true, containers: [container] }],
    ['asks for privileges', { containers: [{ ...container, securityContext: { privileged: true } }] }],
    ['runs on Windows', { os: { name: 'windows' }, containers: [container] }],
  ])('is not forced onto a pod that %s', (_what, spec) => {
    expect(named(made(spec))).toEqual([]);
  });
});

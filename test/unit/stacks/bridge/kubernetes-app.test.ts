import * as pulumi from '@pulumi/pulumi';
import { ApiObject, Chart } from 'cdk8s';
import {
  allow,
  api as table,
  HardenedDeployment,
  Port,
  ProvidedSecret,
  ScopedRole,
  type RenderedApp,
} from '../../../../constructs';
import { AdmissionPolicies, CONTROLS, judgesAlone } from '../../../../policies';
import { KubernetesApp, type KubernetesAppArgs } from '../../../../stacks';
import { appWithNamespace, IMAGE } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';
import {
  kindAndName,
  mockPulumi,
  named,
  settled,
  valueOf,
  wireSecret,
  type Registered,
} from '../../support/pulumi-mocks';

/** A namespace with a role, a Secret, and a workload behind a Service. */
function shop() {
  const { app, chart, namespace } = appWithNamespace();
  new ScopedRole(chart, 'viewer', {
    namespace,
    rules: [allow(table.pods, ['get'])],
    subjects: [{ group: 'developers' }],
  });
  const db = new ProvidedSecret(chart, 'db', { namespace, keys: ['password'] });
  new HardenedDeployment(chart, 'api', {
    namespace,
    image: IMAGE,
    port: Port.tcp(8080),
    env: { REGION: pulumi.output('eu') },
    secretFiles: { '/run/db': db },
  });
  return { app, chart, namespace };
}

const SECRETS = { 'shop/db': { password: 'hunter2' } };

async function registeredOf(
  args: Partial<KubernetesAppArgs> = {},
  opts: pulumi.ComponentResourceOptions = {},
): Promise<readonly Registered[]> {
  const registered = await mockPulumi();
  await settled(new KubernetesApp('main', { app: shop().app, secrets: SECRETS, ...args }, opts));
  return registered;
}

/** What the deployment alone adds to a pod: the version of each Secret, which stands in no YAML. */
function withoutSecretVersions(inputs: Record<string, unknown>): unknown {
  const text = JSON.stringify(inputs);
  return JSON.parse(text.replace('"annotations":{"keelson.dev/secret-versions":"db=unknown"},', ''));
}

const OBJECTS: readonly [string, string][] = [
  ['Namespace shop', 'kubernetes:core/v1:Namespace'],
  ['NetworkPolicy shop:default-deny', 'kubernetes:networking.k8s.io/v1:NetworkPolicy'],
  ['NetworkPolicy shop:allow-dns', 'kubernetes:networking.k8s.io/v1:NetworkPolicy'],
  ['ResourceQuota shop:limits', 'kubernetes:core/v1:ResourceQuota'],
  ['LimitRange shop:limits', 'kubernetes:core/v1:LimitRange'],
  ['Role shop:viewer', 'kubernetes:rbac.authorization.k8s.io/v1:Role'],
  ['RoleBinding shop:viewer', 'kubernetes:rbac.authorization.k8s.io/v1:RoleBinding'],
  ['Secret shop:db', 'kubernetes:core/v1:Secret'],
  ['ServiceAccount shop:api', 'kubernetes:core/v1:ServiceAccount'],
  ['Deployment shop:api', 'kubernetes:apps/v1:Deployment'],
  ['PodDisruptionBudget shop:api', 'kubernetes:policy/v1:PodDisruptionBudget'],
  ['Service shop:api', 'kubernetes:core/v1:Service'],
];

describe('the values of Secrets', () => {
  it('are secret and base64 on their way to the engine, and stand nowhere else', async () => {
    const all = await registeredOf();
    const { data } = named(all, 'Secret shop:db').inputs as { data: Record<string, unknown> };
    const password = wireSecret(data.password);
    expect(password).toEqual({ secret: true, value: Buffer.from('hunter2').toString('base64') });
    expect(JSON.stringify(all)).not.toContain('hunter2');
    expect(JSON.stringify(all).split(String(password.value))).toHaveLength(2);
  });

  it('stay secret in what the provider gives back', async () => {
    expect(named(await registeredOf(), 'Secret shop:db').additionalSecretOutputs).toEqual([
      'data',
      'stringData',
    ]);
  });

  it('may be Outputs, secret or not', async () => {
    for (const password of [pulumi.output('hunter2'), pulumi.secret('hunter2')]) {
      const all = await registeredOf({ secrets: { 'shop/db': { password } } });
      const { data } = named(all, 'Secret shop:db').inputs as { data: Record<string, unknown> };
      expect(wireSecret(data.password)).toEqual({
        secret: true,
        value: Buffer.from('hunter2').toString('base64'),
      });
    }
  });

  it.each<[string, KubernetesAppArgs['secrets'], readonly string[]]>([
    ['no value at all', undefined, ['Secret shop/db has no value for its key "password".']],
    ['no value for a key', { 'shop/db': {} }, ['Secret shop/db has no value for its key "password".']],
    [
      'a value for a key that is not declared',
      { 'shop/db': { password: 'x', other: 'y' } },
      ['Secret shop/db declares no key "other".'],
    ],
    [
      'a value for a Secret that is not declared',
      { ...SECRETS, 'shop/typo': { password: 'x' } },
      ['No ProvidedSecret of that name is declared.'],
    ],
    [
      'all of it',
      { db: { password: 'x' }, 'shop/db': { passwort: 'x' } },
      [
        'Secret shop/db has no value for its key "password".',
        'Secret shop/db declares no key "passwort".',
        'No ProvidedSecret of that name is declared.',
      ],
    ],
  ])('are refused: %s', async (_what, secrets, messages) => {
    await mockPulumi();
    const problems = problemsOf(() => new KubernetesApp('main', { app: shop().app, secrets }));
    expect(problems.map(({ message }) => message)).toEqual(messages);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['secret/missing']));
  });

  it('are not repeated in a refusal', async () => {
    await mockPulumi();
    const secrets = { 'shop/typo': { password: 'hunter2' } };
    const problems = problemsOf(() => new KubernetesApp('main', { app: shop().app, secrets }));
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});

describe('what is registered', () => {
  it('is every object, as the cluster calls it, with the type of its kind', async () => {
    const all = await registeredOf();
    const objects = all.filter(({ type }) => type.startsWith('kubernetes:'));
    expect(new Map(objects.map((object) => [kindAndName(object), object.type]))).toEqual(new Map(OBJECTS));
  });

  it('is called the same wherever its construct stands, and by other names that states may have', async () => {
    const at = async (id: string, apiVersion: string) => {
      const { app, chart } = appWithNamespace();
      const metadata = { name: 'scaler', namespace: 'shop' };
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' };
      const spec = { maxReplicas: 3, scaleTargetRef };
      new ApiObject(chart, id, { apiVersion, kind: 'HorizontalPodAutoscaler', metadata, spec });
      return named(await registeredOf({ app, secrets: {} }), 'HorizontalPodAutoscaler shop:scaler');
    };
    const one = await at('one', 'autoscaling/v1');
    const other = await at('other', 'autoscaling/v2');
    expect((await at('other', 'autoscaling/v1')).urn).toBe(one.urn);
    expect(one.aliases).toContainEqual({ name: 'chart/one', type: '' });
    expect(one.aliases).toContainEqual({ name: '', type: other.type });
    expect(other.aliases).toContainEqual({ name: '', type: one.type });
    expect(one.aliases).not.toContainEqual({ name: '', type: one.type });
  });

  it('stands below its chart, and the chart below the app', async () => {
    const all = await registeredOf();
    const component = named(all, 'KubernetesApp main');
    const chart = named(all, 'Chart main/chart');
    expect(component.type).toBe('keelson:stacks:KubernetesApp');
    expect(chart).toMatchObject({ type: 'keelson:stacks:Chart', parent: component.urn });
    for (const [name] of OBJECTS) expect(named(all, name).parent).toBe(chart.urn);
  });

  it('depends on what it needs first', async () => {
    const all = await registeredOf();
    const namespace = named(all, 'Namespace shop').urn;
    const account = named(all, 'ServiceAccount shop:api').urn;
    const secret = named(all, 'Secret shop:db').urn;
    expect(named(all, 'Namespace shop').dependencies).toEqual([]);
    expect([...named(all, 'Deployment shop:api').dependencies].sort()).toEqual(
      [namespace, account, secret].sort(),
    );
  });

  it('is the very manifest, with each Output in the place of its placeholder, and who owns its fields', async () => {
    const registered = await mockPulumi();
    const component = new KubernetesApp('main', { app: shop().app, secrets: SECRETS });
    await settled(component);
    const owner = { 'pulumi.com/patchFieldManager': 'keelson:project:stack' };
    for (const object of component.rendered.objects) {
      const { manifest: declared, outputs } = object;
      const urn = await valueOf(component.resourceOf(object)!.urn);
      const { data, ...inputs } = registered.find((one) => one.urn === urn)!.inputs;
      expect(data === undefined).toBe(declared.kind !== 'Secret');
      const annotations = { ...owner, ...declared.metadata.annotations };
      const manifest = { ...declared, metadata: { ...declared.metadata, annotations } };
      const text = [...outputs.keys()].reduce(
        (json, token) => json.replace(JSON.stringify(token), '"eu"'),
        JSON.stringify(manifest),
      );
      expect(withoutSecretVersions(inputs)).toEqual(JSON.parse(text));
    }
    expect(JSON.stringify(registered)).not.toContain('${output:');
  });
});

describe('the same rendering', () => {
  it('has the same digests as synth, whatever the values are', async () => {
    await mockPulumi();
    const digests = (app: RenderedApp) => app.objects.map(({ path, digest }) => [path, digest]);
    const first = new KubernetesApp('a', { app: shop().app, secrets: SECRETS });
    const second = new KubernetesApp('b', { app: shop().app, secrets: { 'shop/db': { password: 'other' } } });
    expect(digests(first.rendered)).toEqual(digests(second.rendered));
    await Promise.all([settled(first), settled(second)]);
  });

  it('is refused where an object breaks a policy, before anything is registered', async () => {
    const registered = await mockPulumi();
    const { app, chart } = shop();
    new ApiObject(chart, 'bad', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bad' },
      spec: { hostNetwork: true, containers: [] },
    });
    const problems = places(problemsOf(() => new KubernetesApp('main', { app, secrets: SECRETS })));
    expect(new Set(problems)).toEqual(new Set(['chart/bad [policy/violation]']));
    await new Promise(setImmediate);
    expect(registered.filter(({ type }) => type.startsWith('kubernetes:'))).toEqual([]);
  });
});

describe('waitForReady', () => {
  const annotation = (all: readonly Registered[], name: string) =>
    (named(all, name).inputs.metadata as { annotations?: Record<string, string> }).annotations?.[
      'pulumi.com/skipAwait'
    ];

  it('false: the provider does not wait for what only nodes make ready', async () => {
    const all = await registeredOf({ waitForReady: false });
    const skipped = OBJECTS.map(([name]) => name).filter((name) => annotation(all, name) === 'true');
    expect(skipped).toEqual(['Deployment shop:api', 'Service shop:api']);
  });

  it.each([{ waitForReady: true }, {}])('otherwise it waits: %j', async (args) => {
    const all = await registeredOf(args);
    for (const [name] of OBJECTS) expect(annotation(all, name)).toBeUndefined();
  });

  it('false leaves the annotations that are there', async () => {
    const { app, chart } = appWithNamespace();
    const metadata = { name: 's', namespace: 'shop', annotations: { mine: 'yes' } };
    new ApiObject(chart, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'ClusterIP' },
    });
    const all = await registeredOf({ app, secrets: {}, waitForReady: false });
    expect(named(all, 'Service shop:s').inputs.metadata).toMatchObject({
      annotations: { mine: 'yes', 'pulumi.com/skipAwait': 'true' },
    });
  });
});

describe('Pulumi options', () => {
  it('of optionsFor reach the one object', async () => {
    const all = await registeredOf({
      optionsFor: ({ manifest }) =>
        manifest.kind === 'Deployment' ? { ignoreChanges: ['spec.replicas'] } : {},
    });
    const ignoring = all.filter(({ ignoreChanges }) => ignoreChanges.length > 0);
    expect(ignoring.map((one) => [kindAndName(one), one.ignoreChanges])).toEqual([
      ['Deployment shop:api', ['spec.replicas']],
    ]);
  });

  it('of optionsFor do not take away what the bridge needs', async () => {
    const all = await registeredOf({
      optionsFor: () => ({ additionalSecretOutputs: ['status'], dependsOn: [] }),
    });
    expect(named(all, 'Secret shop:db').additionalSecretOutputs).toEqual(['data', 'stringData', 'status']);
    expect(named(all, 'Deployment shop:api').dependencies).toHaveLength(3);
    expect(named(all, 'Secret shop:db').parent).toBe(named(all, 'Chart main/chart').urn);
  });

  it('a provider of the component reaches every object', async () => {
    const registered = await mockPulumi();
    class Cluster extends pulumi.ProviderResource {}
    const provider = new Cluster('kubernetes', 'cluster', {});
    await settled(new KubernetesApp('main', { app: shop().app, secrets: SECRETS }, { provider }));
    for (const [name] of OBJECTS) {
      expect(named(registered, name).provider).toContain('pulumi:providers:kubernetes::cluster');
    }
  });

  it('a transformation of the component reaches every object', async () => {
    const seen: string[] = [];
    const transformations: pulumi.ResourceTransformation[] = [
      ({ type, name, props, opts }) => {
        seen.push(kindAndName({ type, name }));
        return { props: { ...(props as object), marked: true }, opts };
      },
    ];
    const all = await registeredOf({}, { transformations });
    for (const [name] of OBJECTS) {
      expect(seen).toContain(name);
      expect(named(all, name).inputs).toHaveProperty('marked', true);
    }
  });

  it('resourceOf tells the resource of an object, and of no other app', async () => {
    await mockPulumi();
    const one = new KubernetesApp('a', { app: shop().app, secrets: SECRETS });
    const other = new KubernetesApp('b', { app: shop().app, secrets: SECRETS });
    expect(one.resourceOf(one.rendered.objects[0]!)).toBeInstanceOf(pulumi.CustomResource);
    expect(one.resourceOf(other.rendered.objects[0]!)).toBeUndefined();
    await Promise.all([settled(one), settled(other)]);
  });
});

describe('the gate before workloads', () => {
  function guarded() {
    const { app, chart, namespace } = appWithNamespace();
    const policies = new Chart(app, 'policies');
    new AdmissionPolicies(policies, 'admission');
    new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, port: Port.tcp(8080) });
    return app;
  }
  const ADMISSION_OBJECTS = 2 * (CONTROLS.filter(judgesAlone).length + 1);
  const isPolicy = ({ type }: Registered) => type.includes('ValidatingAdmissionPolicy');
  const workload = 'Deployment shop:api';

  /** Lets everything run that does not wait for the test. */
  const rest = () => new Promise((done) => setTimeout(done, 50));

  it('opens once the policies are in force, which is asked once, after all of them are made', async () => {
    const registered = await mockPulumi();
    let open = (): void => undefined;
    const asked: number[] = [];
    const component = new KubernetesApp('main', {
      app: guarded(),
      policiesInForce: () => {
        asked.push(registered.filter(isPolicy).length);
        return new Promise<void>((done) => (open = done));
      },
    });
    await rest();
    expect(named(registered, workload)).toBeUndefined();
    expect(named(registered, 'Namespace shop')).toBeDefined();
    expect(asked).toEqual([ADMISSION_OBJECTS]);

    open();
    await settled(component);
    const { dependencies } = named(registered, workload);
    expect(dependencies).toEqual(expect.arrayContaining(registered.filter(isPolicy).map(({ urn }) => urn)));
    expect(asked).toHaveLength(1);
  });

  it('is given the app as it was rendered', async () => {
    await mockPulumi();
    const given: RenderedApp[] = [];
    const policiesInForce = async (app: RenderedApp) => void given.push(app);
    const component = new KubernetesApp('main', { app: guarded(), policiesInForce });
    await settled(component);
    expect(given).toHaveLength(1);
    expect(given[0] === component.rendered).toBe(true);
  });

  it('is not asked in a preview, where nothing is made', async () => {
    const registered = await mockPulumi(true);
    const policiesInForce = jest.fn(async () => undefined);
    await settled(new KubernetesApp('main', { app: guarded(), policiesInForce }));
    expect(policiesInForce).not.toHaveBeenCalled();
    expect(named(registered, workload)).toBeDefined();
  });

  it('without a question still makes workloads wait for the policies', async () => {
    const registered = await mockPulumi();
    await settled(new KubernetesApp('main', { app: guarded() }));
    const { dependencies } = named(registered, workload);
    expect(dependencies).toEqual(expect.arrayContaining(registered.filter(isPolicy).map(({ urn }) => urn)));
  });

  it('is not asked by an app without policies', async () => {
    const policiesInForce = jest.fn(async () => undefined);
    await registeredOf({ policiesInForce });
    expect(policiesInForce).not.toHaveBeenCalled();
  });
});

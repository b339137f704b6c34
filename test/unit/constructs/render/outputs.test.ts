import * as pulumi from '@pulumi/pulumi';
import { ApiObject, App, Chart } from 'cdk8s';
import { HardenedDeployment, isOutput, renderApp, type PassedOn } from '../../../../constructs';
import { appWithChart, appWithNamespace, IMAGE, podOf, rendered } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

/** A value that only a deployment knows, where the types want a plain one. */
const later = <T>(value: T): T => pulumi.output(value) as unknown as T;

function renderedObject(fields: { readonly kind?: string; readonly [field: string]: unknown }) {
  const { app, chart } = appWithChart();
  new ApiObject(chart, 'object', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, ...fields });
  return renderApp(app).objects[0]!;
}

describe('an Output that is only passed on', () => {
  it('stands as a placeholder that names its place', () => {
    const output = pulumi.output('eu');
    const object = renderedObject({ data: { region: output, list: ['a', output] } });
    expect(object.manifest.data).toEqual({
      region: '${output:data.region}',
      list: ['a', '${output:data.list.1}'],
    });
    expect([...object.outputs]).toEqual([
      ['${output:data.region}', output],
      ['${output:data.list.1}', output],
    ]);
  });

  it('does not change the digest with its value', () => {
    const digest = (value: string) => renderedObject({ data: { region: pulumi.output(value) } }).digest;
    expect(digest('eu')).toBe(digest('us'));
    expect(digest('eu')).not.toBe(renderedObject({ data: { region: 'eu' } }).digest);
  });

  it('may be an image, an argument and an environment value of a HardenedDeployment', () => {
    const { app, chart, namespace } = appWithNamespace();
    new HardenedDeployment(chart, 'api', {
      namespace,
      image: pulumi.output(IMAGE) as PassedOn<string>,
      args: ['--region', pulumi.output('eu')],
      env: { REGION: pulumi.output('eu') },
    });
    const place = 'spec.template.spec.containers.0';
    expect(podOf(app, 'api').containers[0]).toMatchObject({
      image: `\${output:${place}.image}`,
      args: ['--region', `\${output:${place}.args.1}`],
      env: [{ name: 'REGION', value: `\${output:${place}.env.0.value}` }],
    });
    expect(rendered(app, 'Deployment', 'api').outputs.size).toBe(3);
  });

  it('a plain text that looks like a placeholder stays a text', () => {
    const object = renderedObject({ data: { note: '${output:data.note}' } });
    expect(object.outputs.size).toBe(0);
    expect(object.manifest.data).toEqual({ note: '${output:data.note}' });
  });
});

describe('an Output where something computes with it', () => {
  const template = (pod: object) => ({ spec: { template: { spec: pod } } });

  it.each<[string, { readonly [field: string]: unknown }]>([
    ['metadata.name', { metadata: { name: later('m') } }],
    ['metadata.namespace', { metadata: { name: 'm', namespace: later('a') } }],
    ['metadata.labels.app', { metadata: { name: 'm', labels: { app: later('a') } } }],
    ['metadata.generateName', { metadata: { generateName: later('m') } }],
    ['type', { type: later('Opaque') }],
    ['immutable', { immutable: later(true) }],
    ['spec.selector.app', { kind: 'Service', spec: { selector: { app: later('a') } } }],
    ['spec.selector.matchLabels.app', { spec: { selector: { matchLabels: { app: later('a') } } } }],
    ['spec.podSelector.matchLabels.app', { spec: { podSelector: { matchLabels: { app: later('a') } } } }],
    ['spec.replicas', { spec: { replicas: later(2) } }],
    ['spec.ports.0.port', { kind: 'Service', spec: { ports: [{ port: later(80) }] } }],
    ['spec.ports.0.targetPort', { kind: 'Service', spec: { ports: [{ targetPort: later(80) }] } }],
    [
      'spec.template.metadata.labels.app',
      { spec: { template: { metadata: { labels: { app: later('a') } } } } },
    ],
    ['spec.template.spec.hostNetwork', template({ hostNetwork: later(false) })],
    ['spec.template.spec.serviceAccountName', template({ serviceAccountName: later('a') })],
    [
      'spec.template.spec.automountServiceAccountToken',
      template({ automountServiceAccountToken: later(false) }),
    ],
    ['spec.template.spec.securityContext.runAsUser', template({ securityContext: { runAsUser: later(1) } })],
    [
      'spec.template.spec.containers.0.securityContext.privileged',
      template({ containers: [{ securityContext: { privileged: later(false) } }] }),
    ],
    ['spec.template.spec.containers.0.name', template({ containers: [{ name: later('c') }] })],
    [
      'spec.template.spec.containers.0.ports.0.containerPort',
      template({ containers: [{ ports: [{ containerPort: later(80) }] }] }),
    ],
    ['roleRef.name', { roleRef: { name: later('r') } }],
    ['subjects.0.name', { subjects: [{ name: later('s') }] }],
    ['rules.0.verbs.0', { rules: [{ verbs: [later('get')] }] }],
    ['rules.0.resources.0', { rules: [{ resources: [later('pods')] }] }],
  ])('is refused: %s', (property, fields) => {
    expect(places(problemsOf(() => renderedObject(fields)))).toEqual([
      `chart/object.${property} [output/computed]`,
    ]);
  });

  it('is refused as a number of pods when it is given', () => {
    const { chart, namespace } = appWithNamespace();
    const deploy = () =>
      new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, replicas: later(3) });
    expect(problemsOf(deploy)).toMatchObject([
      { where: 'chart/api.replicas', message: 'An Output is not a number of pods.' },
    ]);
  });

  it('tells every place at once', () => {
    const fields = { metadata: { name: later('m'), labels: { app: later('a') } }, data: { ok: later('x') } };
    expect(problemsOf(() => renderedObject(fields))).toHaveLength(2);
  });
});

describe('an Output that was turned into text', () => {
  it.each([
    ['by interpolation', (output: pulumi.Output<string>) => `https://${output}/`],
    ['by concatenation', (output: pulumi.Output<string>) => 'https://' + String(output)],
    ['by JSON', (output: pulumi.Output<string>) => JSON.stringify({ host: output })],
  ])('%s is refused wherever it stands', (_how, text) => {
    const object = () => renderedObject({ data: { url: text(pulumi.output('host')) } });
    expect(problemsOf(object)).toMatchObject([
      {
        code: 'output/computed',
        where: 'chart/object.data.url',
        message: 'A Pulumi Output was turned into text before its value was known.',
      },
    ]);
  });

  it('is refused as the name of a field', () => {
    const object = () => renderedObject({ data: { [`${pulumi.output('key')}`]: 'value' } });
    expect(places(problemsOf(object))).toEqual(['chart/object.data.(key) [output/computed]']);
  });
});

describe('isOutput', () => {
  it('knows an Output by its shape and nothing else', () => {
    expect(isOutput(pulumi.output(1))).toBe(true);
    for (const value of [null, undefined, 'x', {}, { apply: () => 1 }, Promise.resolve(1)]) {
      expect(isOutput(value)).toBe(false);
    }
  });
});

it('a stock cdk8s app cannot carry an Output by accident', () => {
  const app = new App();
  const data = { region: pulumi.output('eu') };
  new ApiObject(new Chart(app, 'chart'), 'map', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'm' },
    data,
  });
  expect(() => renderApp(app)).toThrow(/chart\/map.*OutputImpl/);
});

import { renderApp } from '../../../../constructs';
import { SUPPORTED_KUBERNETES } from '../../../../model';
import { checkObjects, checkSchemas } from '../../../../policies';
import { DATABASE_SECRET, REFERENCE_DEFAULTS, referenceStack } from '../../../../stacks';
import { manifestOf, podOf } from '../../support/charts';

const { app, platform } = referenceStack(REFERENCE_DEFAULTS);
const { charts, objects } = renderApp(app);
const workloads = objects.filter(({ manifest }) => manifest.kind === 'Deployment');

describe('the reference stack', () => {
  it('breaks no policy', () => {
    expect(checkObjects(objects.map(({ manifest, path }) => ({ manifest, source: path })))).toEqual([]);
  });

  it.each(SUPPORTED_KUBERNETES)('has no object that Kubernetes %s would not take', (kubernetes) => {
    const checked = objects.map(({ manifest, path }) => ({ manifest, source: path, kubernetes }));
    expect(checkSchemas(checked)).toEqual({ problems: [], notValidated: [] });
  });

  it('has three workloads, in the namespace of the platform', () => {
    expect(workloads.map(({ manifest }) => [manifest.metadata.namespace, manifest.metadata.name])).toEqual([
      ['shop', 'database'],
      ['shop', 'api'],
      ['shop', 'web'],
    ]);
    expect(platform.shop.name).toBe('shop');
  });

  it('opens two connections and DNS, and nothing else', () => {
    const policies = objects.filter(
      ({ manifest: { kind, metadata } }) => kind === 'NetworkPolicy' && metadata.namespace === 'shop',
    );
    expect(policies.map(({ manifest }) => manifest.metadata.name).sort()).toEqual([
      'allow-dns',
      'api-from-web-tcp-8080',
      'api-to-database-tcp-5432',
      'database-from-api-tcp-5432',
      'default-deny',
      'web-to-api-tcp-8080',
    ]);
  });

  it('gives the password of the database to api and database only, as a file', () => {
    const secret = { secret: { secretName: 'database-credentials' } };
    for (const [name, given] of [
      ['database', true],
      ['api', true],
      ['web', false],
    ] as const) {
      const volumes = (podOf(app, name).volumes ?? []).filter((volume) => volume.secret !== undefined);
      expect(volumes).toHaveLength(given ? 1 : 0);
      if (given) expect(volumes[0]).toMatchObject(secret);
    }
  });

  it('declares the Secret whose value the program gives', () => {
    const [namespace, name] = DATABASE_SECRET.name.split('/');
    const { metadata } = manifestOf(app, 'Secret', name!);
    expect(metadata.namespace).toBe(namespace);
    expect(metadata.annotations).toEqual({ 'keelson.dev/provided-keys': DATABASE_SECRET.key });
  });

  it('comes after its platform', () => {
    expect(charts.map(({ path }) => path)).toEqual(['platform', 'application']);
  });

  it('takes images and sizes', () => {
    const web = `other/web@sha256:${'d'.repeat(64)}`;
    const inputs = { replicas: 7, images: { ...REFERENCE_DEFAULTS.images, web } };
    const changed = referenceStack(inputs).app;
    expect(podOf(changed, 'web').containers[0]!.image).toBe(web);
    const replicas = ['web', 'api', 'database'].map((name) => manifestOf(changed, 'Deployment', name).spec);
    expect(replicas).toMatchObject([{ replicas: 7 }, { replicas: 7 }, { replicas: 1 }]);
  });
});

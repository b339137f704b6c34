import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { KeelsonApp, renderApp, type RenderedObject } from '../../../../constructs';
import { resourceAliases, resourceName } from '../../../../stacks/bridge/resource-name';

/** The one object of an app. */
function objectOf(
  metadata: { readonly name?: string; readonly namespace?: string },
  apiVersion = 'v1',
  patch?: JsonPatch,
): RenderedObject {
  const object = new ApiObject(new Chart(new KeelsonApp(), 'chart'), 'object', {
    apiVersion,
    kind: 'Example',
    metadata,
  });
  if (patch !== undefined) object.addJsonPatch(patch);
  return renderApp(object.node.root as KeelsonApp).objects[0]!;
}

describe('the name of a resource', () => {
  it.each([
    ['in a namespace', { name: 'web', namespace: 'shop' }, 'shop:web'],
    ['in none', { name: 'web' }, 'web'],
    ['in the one that is meant where none is said', { name: 'web', namespace: 'default' }, 'web'],
    ['with a colon in its name', { name: 'system::leader', namespace: 'shop' }, 'shop:system::leader'],
  ])('is what the cluster calls the object: %s', (_where, metadata, name) => {
    expect(resourceName(objectOf(metadata))).toBe(name);
  });

  it('is no construct path, so that no object is taken for another one', () => {
    const object = objectOf({ name: 'object', namespace: 'chart' });
    expect(object.path).toBe('chart/object');
    expect(resourceName(object)).not.toContain('/');
  });

  it('is the construct path where the API server makes up the name', () => {
    const patch = JsonPatch.replace('/metadata', { generateName: 'web-' });
    expect(resourceName(objectOf({ name: 'web' }, 'v1', patch))).toBe('chart/object');
  });
});

describe('the aliases of a resource', () => {
  it('are its construct path, and no version where the group has but one', () => {
    expect(resourceAliases(objectOf({ name: 'web' }))).toEqual([{ name: 'chart/object' }]);
  });

  it('are all other versions of its kind, in its group', () => {
    const types = resourceAliases(objectOf({ name: 'web' }, 'example.com/v1beta1'))
      .map(({ type }) => type)
      .filter((type) => type !== undefined);
    expect(types).toContain('kubernetes:example.com/v1:Example');
    expect(types).toContain('kubernetes:example.com/v1alpha2:Example');
    expect(types).not.toContain('kubernetes:example.com/v1beta1:Example');
    expect(
      types.every((type) =>
        /^kubernetes:example\.com\/v[12]((alpha|beta)[123])?:Example$/.test(String(type)),
      ),
    ).toBe(true);
  });
});

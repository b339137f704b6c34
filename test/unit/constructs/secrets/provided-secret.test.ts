import { existingSecret, ProvidedSecret } from '../../../../constructs';
import { appWithNamespace, manifestOf } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

function provided(props: { readonly name?: string; readonly keys: readonly string[] }) {
  const { app, chart, namespace } = appWithNamespace();
  return { app, secret: new ProvidedSecret(chart, 'db', { namespace, ...props }) };
}

describe('a ProvidedSecret', () => {
  it('has no data, only the names of its keys', () => {
    const { app } = provided({ keys: ['user', 'password'] });
    const manifest = manifestOf(app, 'Secret', 'db');
    expect(manifest).not.toHaveProperty('data');
    expect(manifest).not.toHaveProperty('stringData');
    expect(manifest.metadata).toMatchObject({
      namespace: 'shop',
      annotations: { 'keelson.dev/provided-keys': 'user,password' },
    });
    expect(manifest.type).toBe('Opaque');
  });

  it('is a source for workloads', () => {
    const { secret } = provided({ name: 'database', keys: ['password'] });
    expect(secret).toMatchObject({ name: 'database', namespace: 'shop', keys: ['password'] });
    expect(ProvidedSecret.isProvidedSecret(secret)).toBe(true);
    expect(ProvidedSecret.isProvidedSecret(existingSecret('shop', 'database'))).toBe(false);
  });

  it('does not change with the list it was given', () => {
    const keys = ['password'];
    const { secret } = provided({ keys });
    keys.push('late');
    expect(secret.keys).toEqual(['password']);
  });

  it.each([
    ['no key', { keys: [] }, ['keys']],
    ['a key with a slash', { keys: ['a/b'] }, ['keys']],
    ['an empty key', { keys: [''] }, ['keys']],
    ['a key with a comma, which would be two in the annotation', { keys: ['a,b'] }, ['keys']],
    ['a key that is too long', { keys: ['k'.repeat(254)] }, ['keys']],
    ['a name that is no DNS label', { name: 'Db', keys: ['a'] }, ['name']],
    ['everything at once', { name: 'Db', keys: ['a b', 'ok', 'c d'] }, ['name', 'keys', 'keys']],
  ])('refuses %s', (_what, props, properties) => {
    expect(places(problemsOf(() => provided(props)))).toEqual(
      properties.map((property) => `chart/db.${property} [construct/invalid]`),
    );
  });

  it.each(['a', 'A.b_c-d', 'k'.repeat(253)])('takes the key %j', (key) => {
    expect(provided({ keys: [key] }).secret.keys).toEqual([key]);
  });
});

it('an existing Secret is known by name, and by no key unless they are given', () => {
  expect(existingSecret('shop', 'tls')).toEqual({ namespace: 'shop', name: 'tls', keys: [] });
});

import { ExternalSecret, HardenedDeployment, SealedSecret } from '../../../../constructs';
import { appWithNamespace, IMAGE, manifestOf, podOf } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

/** In the form of a sealed value: a key of 512 bytes behind its length, and something that it encrypts. */
const sealed = (key = 512, rest = 40): string => {
  const bytes = Buffer.alloc(2 + key + rest, 7);
  bytes.writeUInt16BE(key, 0);
  return bytes.toString('base64');
};

describe('an ExternalSecret', () => {
  it('names where the values are, and has none', () => {
    const { app, chart, namespace } = appWithNamespace();
    const db = new ExternalSecret(chart, 'db', {
      namespace,
      store: { name: 'vault', kind: 'ClusterSecretStore' },
      data: { password: { key: 'shop/db', property: 'password' } },
    });
    new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, secretFiles: { '/run/db': db } });
    expect(manifestOf(app, 'ExternalSecret', 'db')).toEqual({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'db', namespace: 'shop' },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
        target: { name: 'db', creationPolicy: 'Owner', deletionPolicy: 'Retain' },
        data: [{ secretKey: 'password', remoteRef: { key: 'shop/db', property: 'password' } }],
      },
    });
    expect(podOf(app, 'api').volumes).toEqual([
      { name: 'secret-db', secret: { secretName: 'db', defaultMode: 0o440 } },
    ]);
  });

  it('asks a store of its own namespace, unless it is told of another', () => {
    const { app, chart, namespace } = appWithNamespace();
    new ExternalSecret(chart, 'db', {
      namespace,
      store: { name: 'vault' },
      data: { password: { key: 'db' } },
    });
    expect(manifestOf(app, 'ExternalSecret', 'db').spec).toHaveProperty('secretStoreRef', {
      name: 'vault',
      kind: 'SecretStore',
    });
  });

  it('is refused without a key, or with one that is none', () => {
    const { chart, namespace } = appWithNamespace();
    const store = { name: 'vault' };
    const made = (id: string, data: object) =>
      new ExternalSecret(chart, id, { namespace, store, data: data as never });
    expect(places(problemsOf(() => made('a', {})))).toEqual(['chart/a.data [construct/invalid]']);
    expect(places(problemsOf(() => made('b', { 'a/b': { key: 'k' } })))).toEqual([
      'chart/b.data [construct/invalid]',
    ]);
  });
});

describe('a SealedSecret', () => {
  it('has the sealed values, for its name and namespace', () => {
    const { app, chart, namespace } = appWithNamespace();
    new SealedSecret(chart, 'db', { namespace, encryptedData: { password: sealed() } });
    expect(manifestOf(app, 'SealedSecret', 'db').spec).toEqual({
      encryptedData: { password: sealed() },
      template: { metadata: { name: 'db', namespace: 'shop' }, type: 'Opaque' },
    });
  });

  it.each([
    ['the value itself', 'correct horse battery staple'],
    ['the value in base64', Buffer.from('correct horse battery staple').toString('base64')],
    ['a long text in base64', Buffer.alloc(600, 'text ').toString('base64')],
    ['a key that is too short', sealed(128, 400)],
    ['a key of half a byte', sealed(257, 400)],
    ['nothing behind the key', sealed(512, 0)],
    ['nothing', ''],
  ])('refuses %s, and does not repeat it', (_what, value) => {
    const { chart, namespace } = appWithNamespace();
    const problems = problemsOf(
      () => new SealedSecret(chart, 'db', { namespace, encryptedData: { password: value } }),
    );
    expect(places(problems)).toEqual(['chart/db.encryptedData.password [construct/invalid]']);
    if (value !== '') expect(JSON.stringify(problems)).not.toContain(value);
  });
});

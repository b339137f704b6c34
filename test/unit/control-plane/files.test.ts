import { SecretReference, TLS_FLOOR } from '../../../constructs/control-plane';
import { sample } from './sample';

const key = (name: string) => ({ name, secret: new SecretReference(`encryption/${name}`) });
const { files } = sample({ encryption: { keys: [key('new'), key('old')] } }).apiServer;

function content(name: string): Record<string, unknown> {
  return files.find(({ path }) => path.endsWith(`/${name}.yaml`))?.content as Record<string, unknown>;
}

test('without credentials, only the three health paths answer', () => {
  expect(content('authentication')).toEqual({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    anonymous: { enabled: true, conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }] },
  });
});

describe('admission', () => {
  const plugins = content('admission')['plugins'] as {
    name: string;
    configuration: Record<string, unknown>;
  }[];
  const plugin = (name: string) => plugins.find((entry) => entry.name === name)?.configuration;

  test('a namespace without labels is restricted, at a pinned version', () => {
    expect(plugin('PodSecurity')?.['defaults']).toEqual({
      enforce: 'restricted',
      'enforce-version': 'v1.37',
      audit: 'restricted',
      'audit-version': 'v1.37',
      warn: 'restricted',
      'warn-version': 'v1.37',
    });
  });

  test('nobody and no namespace is exempt from Pod Security', () => {
    expect(plugin('PodSecurity')?.['exemptions']).toEqual({
      usernames: [],
      runtimeClasses: [],
      namespaces: [],
    });
  });

  test('events are limited for the server and for each namespace', () => {
    const limits = plugin('EventRateLimit')?.['limits'] as { type: string; qps: number }[];
    expect(limits.map(({ type }) => type)).toEqual(['Server', 'Namespace']);
    for (const { qps } of limits) expect(qps).toBeLessThanOrEqual(200);
  });
});

describe('encryption at rest', () => {
  const [rule, ...others] = content('encryption')['resources'] as {
    resources: string[];
    providers: Record<string, { keys: { name: string }[] }>[];
  }[];

  test('covers Secrets and ConfigMaps', () => {
    expect(rule?.resources).toEqual(['secrets', 'configmaps']);
    expect(others).toEqual([]);
  });

  test('is secretbox alone: no identity provider writes or accepts plain text', () => {
    expect(rule?.providers.map((provider) => Object.keys(provider))).toEqual([['secretbox']]);
  });

  test('writes with the first key and reads with all', () => {
    expect(rule?.providers[0]?.['secretbox']?.keys.map(({ name }) => name)).toEqual(['new', 'old']);
  });
});

test('the TLS floor is 1.3', () => {
  expect(TLS_FLOOR).toBe('1.3');
});

test('each file is named by a flag', () => {
  const values = sample().apiServer.settings.map(({ value }) => value);
  for (const { path } of files) expect(values).toContain(path);
});

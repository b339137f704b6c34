import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKubeconfig } from '../../../../probes';
import { temporaryFolder } from '../../support/folders';
import { problemsOf } from '../../support/problems';

const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly more?: object;
}

/** A kubeconfig with the context `main`; JSON is YAML. */
function kubeconfig({ cluster = {}, user = {}, more = {} }: Parts = {}) {
  const folder = temporaryFolder();
  const path = join(folder, 'config');
  const file = {
    'current-context': 'main',
    contexts: [
      { name: 'main', context: { cluster: 'c', user: 'u' } },
      { name: 'lost', context: { cluster: 'gone', user: 'u' } },
      { name: 'nobody', context: { cluster: 'c', user: 'gone' } },
    ],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    ...more,
  };
  writeFileSync(path, JSON.stringify(file));
  return { folder, path };
}

describe('readKubeconfig', () => {
  it('reads certificates that stand in it', () => {
    const { path } = kubeconfig({
      cluster: { 'certificate-authority-data': base64('CA') },
      user: { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
    });
    expect(readKubeconfig(path)).toEqual({
      server: 'https://127.0.0.1:6443',
      ca: 'CA',
      clientCertificate: 'CERT',
      clientKey: 'KEY',
    });
  });

  it('reads certificates and a token that it names, from beside itself', () => {
    const { folder, path } = kubeconfig({
      cluster: { 'certificate-authority': 'ca.crt' },
      user: {
        'client-certificate': './user.crt',
        'client-key': join('x', '..', 'user.key'),
        tokenFile: 'token',
      },
    });
    for (const name of ['ca.crt', 'user.crt', 'user.key']) writeFileSync(join(folder, name), name);
    writeFileSync(join(folder, 'token'), 'tok\n');
    expect(readKubeconfig(path)).toEqual({
      server: 'https://127.0.0.1:6443',
      ca: 'ca.crt',
      clientCertificate: 'user.crt',
      clientKey: 'user.key',
      token: 'tok',
    });
  });

  it('prefers what stands in it, as kubectl does', () => {
    const { path } = kubeconfig({
      cluster: { 'certificate-authority-data': base64('CA'), 'certificate-authority': 'absent' },
      user: { token: 'inline', tokenFile: 'absent' },
    });
    expect(readKubeconfig(path)).toMatchObject({ ca: 'CA', token: 'inline' });
  });

  it('has no CA where none is given: then those of the system count', () => {
    expect(readKubeconfig(kubeconfig().path).ca).toBeUndefined();
  });

  it('takes the context that is asked for', () => {
    const { path } = kubeconfig({
      more: {
        contexts: [
          { name: 'main', context: { cluster: 'c', user: 'u' } },
          { name: 'two', context: { cluster: 'd', user: 'u' } },
        ],
        clusters: [
          { name: 'c', cluster: { server: 'https://one' } },
          { name: 'd', cluster: { server: 'https://two' } },
        ],
      },
    });
    expect(readKubeconfig(path).server).toBe('https://one');
    expect(readKubeconfig(path, 'two').server).toBe('https://two');
  });
});

describe('a credential plugin', () => {
  /** A kubeconfig whose plugin is this script, run by node, or another command. */
  function withPlugin(script: string, exec: object = {}): string {
    const file = join(temporaryFolder(), 'plugin.js');
    writeFileSync(file, script);
    const apiVersion = 'client.authentication.k8s.io/v1';
    const plugin = { apiVersion, command: process.execPath, args: [file, '--cluster=one'], ...exec };
    return kubeconfig({ user: { token: 'stale', exec: plugin } }).path;
  }

  const print = (status: string) => `console.log(JSON.stringify({ status: ${status} }))`;

  it('gives a token, and counts more than what stands in the file', () => {
    expect(readKubeconfig(withPlugin(print('{ token: "fresh" }'))).token).toBe('fresh');
  });

  it('gives a client certificate', () => {
    const script = print('{ clientCertificateData: "CERT", clientKeyData: "KEY" }');
    expect(readKubeconfig(withPlugin(script))).toMatchObject({
      clientCertificate: 'CERT',
      clientKey: 'KEY',
    });
  });

  it('is told what the Kubernetes clients tell it', () => {
    const script = print('{ token: process.argv[2] + process.env.MODE + process.env.KUBERNETES_EXEC_INFO }');
    const path = withPlugin(script, { env: [{ name: 'MODE', value: '|strict|' }] });
    expect(readKubeconfig(path).token).toBe(
      '--cluster=one|strict|' +
        '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}',
    );
  });

  it('may come without arguments and environment', () => {
    const command = join(temporaryFolder(), 'plugin');
    writeFileSync(command, '#!/bin/sh\necho \'{"status":{"token":"plain"}}\'\n');
    chmodSync(command, 0o755);
    expect(readKubeconfig(withPlugin('', { command, args: null, env: null })).token).toBe('plain');
  });

  it.each([
    ['ends with an error', 'process.exit(1)'],
    ['prints no JSON', 'console.log("s3cret")'],
  ])('that %s is an error that shows none of its output', (_what, script) => {
    const problems = problemsOf(() => readKubeconfig(withPlugin(script)));
    expect(problems).toMatchObject([
      { code: 'kubeconfig/invalid', message: `The credential plugin "${process.execPath}" failed.` },
    ]);
    expect(JSON.stringify(problems)).not.toContain('s3cret');
  });

  it('that is not installed is named', () => {
    const path = withPlugin('', { command: '/absent/plugin' });
    expect(problemsOf(() => readKubeconfig(path))).toMatchObject([
      { message: 'The credential plugin "/absent/plugin" failed.' },
    ]);
  });
});

describe('what is refused', () => {
  const refused = (path: string, context?: string) => {
    const problems = problemsOf(() => readKubeconfig(path, context));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'kubeconfig/invalid', where: path });
    return problems[0]!.message;
  };

  it('a cluster whose certificate is not verified', () => {
    const { path } = kubeconfig({ cluster: { 'insecure-skip-tls-verify': true } });
    expect(refused(path)).toBe('The cluster is set to insecure-skip-tls-verify.');
  });

  it('a file that is not there', () => {
    expect(refused('/absent/config')).toBe('The kubeconfig cannot be read (ENOENT).');
  });

  it.each([
    ['no YAML', 'a: [b: {s3cret', 'The kubeconfig cannot be read (it is no YAML).'],
    ['empty', '', 'The kubeconfig cannot be read (it is no YAML).'],
    ['a text', 's3cret', 'This is no kubeconfig: look at the file.'],
    ['without its lists', '{"s3cret": 1}', 'This is no kubeconfig: look at contexts, clusters, users.'],
  ])('a file that is %s, without a word of its content', (_what, text, message) => {
    const { path } = kubeconfig();
    writeFileSync(path, text);
    expect(refused(path)).toBe(message);
  });

  it('a server that is no URL', () => {
    const { path } = kubeconfig({ cluster: { server: 'not a url' } });
    expect(refused(path)).toBe('This is no kubeconfig: look at clusters.0.cluster.server.');
  });

  it('a token that is no text, without its value', () => {
    const { path } = kubeconfig({ user: { token: 4711 } });
    expect(refused(path)).toBe('This is no kubeconfig: look at users.0.user.token.');
  });

  it('a context that is not there, with those that are', () => {
    expect(refused(kubeconfig().path, 'prod')).toBe(
      'There is no context "prod" (there are: main, lost, nobody).',
    );
    const none = kubeconfig({ more: { 'current-context': undefined, contexts: [] } });
    expect(refused(none.path)).toBe('There is no context "" (there are: none).');
  });

  it.each(['lost', 'nobody'])('a context that names what is not there: %s', (context) => {
    expect(refused(kubeconfig().path, context)).toBe(
      `The context "${context}" names a cluster or user that the file does not have.`,
    );
  });

  it('a file that it names and that cannot be read', () => {
    const { folder, path } = kubeconfig({ user: { 'client-key': 'absent.key' } });
    expect(refused(path)).toBe(`It names ${join(folder, 'absent.key')}, which cannot be read (ENOENT).`);
  });
});

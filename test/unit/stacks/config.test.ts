import { homedir } from 'node:os';
import { join } from 'node:path';
import { readSettings, REFERENCE_DEFAULTS } from '../../../stacks';
import { problemsOf } from '../support/problems';

const IMAGE = `registry.example/web:1@sha256:${'c'.repeat(64)}`;

const settings = (values: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) =>
  readSettings((name) => values[name], env);

describe('readSettings', () => {
  it('has a default for everything', () => {
    expect(settings({})).toEqual({
      kubeconfig: join(homedir(), '.kube', 'config'),
      context: undefined,
      waitForReady: true,
      reference: REFERENCE_DEFAULTS,
    });
  });

  it('counts an empty text as not set', () => {
    const empty = { kubeconfig: '', context: '', replicas: '', webImage: '', waitForReady: '' };
    expect(settings(empty)).toEqual(settings({}));
  });

  it('takes what is set', () => {
    expect(
      settings({
        kubeconfig: '/k',
        context: 'prod',
        waitForReady: 'false',
        replicas: '5',
        apiImage: IMAGE,
      }),
    ).toEqual({
      kubeconfig: '/k',
      context: 'prod',
      waitForReady: false,
      reference: { replicas: 5, images: { ...REFERENCE_DEFAULTS.images, api: IMAGE } },
    });
  });

  it.each([
    [{ KUBECONFIG: '/a/config:/b/config' }, '/a/config'],
    [{ KUBECONFIG: '/a/config' }, '/a/config'],
    [{ KUBECONFIG: '' }, join(homedir(), '.kube', 'config')],
  ])('looks for the kubeconfig as kubectl does: %j', (env, path) => {
    expect(settings({}, env).kubeconfig).toBe(path);
    expect(settings({ kubeconfig: '/mine' }, env).kubeconfig).toBe('/mine');
  });

  it.each([
    ['webImage', 'nginx:latest', 'must name an image with its digest, as registry/name:tag@sha256:…'],
    ['apiImage', `${IMAGE}0`, 'must name an image with its digest, as registry/name:tag@sha256:…'],
    ['databaseImage', 'x@sha256:abc', 'must name an image with its digest, as registry/name:tag@sha256:…'],
    ['replicas', '0', 'must be a whole number from 1 to 100'],
    ['replicas', '101', 'must be a whole number from 1 to 100'],
    ['replicas', '1.5', 'must be a whole number from 1 to 100'],
    ['replicas', 'many', 'must be a whole number from 1 to 100'],
    ['replicas', '"2"', 'must be a whole number from 1 to 100'],
    ['waitForReady', 'maybe', 'must be true or false'],
    ['waitForReady', '1', 'must be true or false'],
  ])('refuses %s = %s', (name, value, sentence) => {
    expect(problemsOf(() => settings({ [name]: value }))).toEqual([
      {
        code: 'config/invalid',
        where: `keelson:${name}`,
        message: `The value "${value}" ${sentence}.`,
        fix: `Set it with: pulumi config set keelson:${name} VALUE`,
      },
    ]);
  });

  it('tells every setting that is wrong at once', () => {
    const problems = problemsOf(() => settings({ replicas: '0', webImage: 'x', waitForReady: 'x' }));
    expect(problems.map(({ where }) => where)).toEqual([
      'keelson:waitForReady',
      'keelson:replicas',
      'keelson:webImage',
    ]);
  });
});

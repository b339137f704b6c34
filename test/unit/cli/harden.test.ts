import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { hardenFiles, type HardenFlags } from '../../../cli/harden';
import { temporaryFolder } from '../support/folders';
import { printedBy } from '../support/printed';

const IMAGE = `registry.example/a:1@sha256:${'a'.repeat(64)}`;
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      containers: [{ name: web, image: '${IMAGE}' }]
`;
const WIDGET = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\nsize: 3\n';
const CONFIG_MAP =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, namespace: shop }\ndata: { a: "1" }\n';

/** What hardening a file prints and how it ends. */
async function run(text: string, flags: HardenFlags = {}) {
  const file = join(temporaryFolder(), 'input.yaml');
  writeFileSync(file, text);
  return printedBy(() => hardenFiles([file], flags));
}

it('writes every object, hardened, and tells on standard error what is left to decide', async () => {
  const { code, out, err } = await run([DEPLOYMENT, WIDGET, CONFIG_MAP].join('---\n'));
  expect(code).toBe(1);
  const [deployment, widget, map] = loadAll(out) as Record<string, unknown>[];
  expect(deployment).toHaveProperty('spec.template.spec.securityContext.runAsNonRoot', true);
  expect(deployment).toHaveProperty(
    ['spec', 'template', 'spec', 'containers', '0', 'securityContext', 'capabilities', 'drop'],
    ['ALL'],
  );
  expect(widget).toEqual({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, size: 3 });
  expect(map).toMatchObject({ data: { a: '1' } });
  expect(err).toContain('! read-only-root (medium)');
});

it('ends with 0 where nothing is left to decide', async () => {
  expect(await run(CONFIG_MAP)).toMatchObject({ code: 0, err: '' });
});

it('--diff prints the changes and decisions alone', async () => {
  const { code, out } = await run(DEPLOYMENT, { diff: true });
  expect(code).toBe(1);
  expect(out).toMatch(/^--- Deployment shop\/web \(.*input\.yaml\)\n\+\+\+ /);
  expect(out).toContain('+true\n');
  expect(out).toContain('! read-only-root');
  expect(out).not.toContain('apiVersion:');
});

it('--decided applies the whole remedy', async () => {
  const { out } = await run(DEPLOYMENT, { decided: ['read-only-root'] });
  expect(out).toContain('readOnlyRootFilesystem: true');
  expect((await run(DEPLOYMENT, { decided: ['nonsense'] })).code).toBe(2);
});

it.each<[string, string, string]>([
  ['what is no YAML', 'a: [', 'check/yaml'],
  ['what is no object', `${DEPLOYMENT}---\n[1]\n`, 'check/not-an-object'],
  ['an object that the API would not take', `${DEPLOYMENT.replace(`'${IMAGE}'`, '[1]')}`, 'object/invalid'],
  ['nothing', '# nothing\n', 'check/nothing'],
])('writes nothing where it meets %s', async (_what, text, problem) => {
  const { code, out, err } = await run(text);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(`[${problem}]`);
});

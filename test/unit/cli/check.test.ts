import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../../../cli/check';
import type { CheckFlags } from '../../../cli/check-options';
import { temporaryFolder } from '../support/folders';
import { printedBy } from '../support/printed';

const FLAGS: CheckFlags = { format: 'json', failOn: 'low', profile: 'all', kubernetesVersion: '1.37' };

/** What a check prints and how it ends. */
async function run(paths: readonly string[], flags: Partial<CheckFlags> = {}) {
  const printed = await printedBy(() => check(paths, { ...FLAGS, ...flags }));
  return { ...printed, report: () => JSON.parse(printed.out) as Report };
}

interface Report {
  readonly summary: Record<string, unknown>;
  readonly findings: readonly Record<string, unknown>[];
  readonly problems: readonly { readonly code: string; readonly where: string }[];
}

const POD = (name: string, spec = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  ${spec}\n`;
const OFF = 'hostNetwork: yes';
const CLEAN = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('exit codes', () => {
  it('0: clean, and what is not judged is counted', async () => {
    const { code, report } = await run([
      folderWith({ 'a.yaml': `${CLEAN}---\napiVersion: x.io/v1\nkind: Foo\n` }),
    ]);
    expect(code).toBe(0);
    expect(report().summary).toMatchObject({
      files: 1,
      objects: 2,
      notJudgedKinds: { 'x.io/v1/Foo': 1 },
      problems: 0,
    });
  });

  it('1: findings, each with its control, place and fix', async () => {
    const folder = folderWith({ 'a.yaml': `# one\n${POD('a', OFF)}` });
    const { code, report } = await run([folder]);
    expect(code).toBe(1);
    expect(report().findings).toContainEqual(
      expect.objectContaining({
        control: expect.stringMatching(/^host-/),
        resource: { apiVersion: 'v1', kind: 'Pod', namespace: null, name: 'a' },
        file: join(folder, 'a.yaml'),
        line: 6,
        waiver: null,
        remediation: expect.stringMatching(/\.$/),
      }),
    );
  });

  it('2: something could not be read, whatever was found in the rest', async () => {
    const { code, report } = await run([
      folderWith({
        'a.yaml': POD('a', OFF),
        'b.yaml': 'a: [\n',
        'c.yaml': Buffer.from([0xff, 0xfe, 0x61, 0]),
      }),
    ]);
    expect(code).toBe(2);
    expect(report().findings.length).toBeGreaterThan(0);
    expect(report().problems.map((problem) => problem.code)).toEqual(['check/yaml', 'check/unreadable']);
  });

  it.each([
    ['no path', [], {}],
    ['an unknown format', ['x'], { format: 'xml' }],
    ['an unknown severity', ['x'], { failOn: 'none' }],
    ['an unknown profile', ['x'], { profile: 'cis' }],
    ['a version of the future', ['x'], { kubernetesVersion: '1.99' }],
    ['a version that is none', ['x'], { kubernetesVersion: '2.0' }],
    ['an unknown control', ['x'], { control: ['nothing'] }],
    ['a kubeconfig without --live', ['x'], { kubeconfig: 'x' }],
  ])('2: %s', async (_, paths, flags) => {
    const { code, err, out } = await run(paths, flags);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('[cli/usage]');
  });

  it('2: all wrong options at once', async () => {
    const { err } = await run([], { format: 'xml', failOn: 'no', profile: 'no', kubernetesVersion: 'no' });
    expect(err.match(/\[cli\/usage\]/g)).toHaveLength(5);
  });
});

describe('--fail-on', () => {
  const folder = () => folderWith({ 'a.yaml': POD('a', OFF) });
  it('fails at its severity and above', async () => {
    expect((await run([folder()], { failOn: 'critical' })).code).toBe(1);
  });

  it('lets less pass, and still tells it', async () => {
    const pod = `${POD('a', 'containers:\n  - name: a\n    securityContext: {readOnlyRootFilesystem: false}')}`;
    const flags = { control: ['read-only-root'] };
    const medium = await run([folderWith({ 'a.yaml': pod })], { ...flags, failOn: 'medium' });
    const high = await run([folderWith({ 'a.yaml': pod })], { ...flags, failOn: 'high' });
    expect([medium.code, high.code]).toEqual([1, 0]);
    expect(high.report().findings).toHaveLength(1);
  });
});

describe('paths', () => {
  it('of folders are followed in order, for YAML and JSON only', async () => {
    const folder = folderWith({
      'b/z.yml': POD('z', OFF),
      'b/a.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'j' },
        spec: { hostPID: true },
      }),
      'a.yaml': POD('a', OFF),
      'readme.md': 'a: [',
    });
    const { report } = await run([folder]);
    const names = report().findings.map(({ resource }) => (resource as { name: string }).name);
    expect([...new Set(names)]).toEqual(['a', 'j', 'z']);
    expect(report().problems).toEqual([]);
  });

  it('that lead back to where they came from end', async () => {
    const folder = folderWith({ 'in/a.yaml': CLEAN });
    symlinkSync(folder, join(folder, 'in', 'loop'));
    symlinkSync(join(folder, 'in'), join(folder, 'again'));
    const { code, report } = await run([folder, folder]);
    expect(code).toBe(0);
    expect(report().summary).toMatchObject({ files: 1, objects: 1 });
  });

  it.each([
    ['is not there', 'none.yaml', 'check/unreadable'],
    ['is a link to nothing', 'dangling.yaml', 'check/unreadable'],
    ['is no text', 'binary.yaml', 'check/unreadable'],
    ['holds nothing', 'empty', 'check/nothing'],
    ['has no object', 'empty.yaml', 'check/nothing'],
    ['is no object', 'values.yaml', 'check/not-an-object'],
  ])('that %s', async (_, name, problem) => {
    const folder = folderWith({
      'binary.yaml': Buffer.from([0, 1, 2]),
      'empty.yaml': '# nothing\n',
      'values.yaml': '\nreplicas: 1\n',
    });
    mkdirSync(join(folder, 'empty'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.yaml'));
    const { code, report } = await run([join(folder, name)]);
    expect(code).toBe(2);
    expect(report().problems.map((each) => each.code)).toEqual([problem]);
  });

  it('that may not be read', async () => {
    if (process.getuid?.() === 0) return; // root may read everything
    const folder = folderWith({ 'a.yaml': CLEAN });
    chmodSync(join(folder, 'a.yaml'), 0);
    expect((await run([folder])).report().problems).toMatchObject([{ code: 'check/unreadable' }]);
  });
});

describe('a byte order mark', () => {
  it('is no part of the text', async () => {
    expect((await run([folderWith({ 'a.yaml': `\ufeff${CLEAN}` })])).code).toBe(0);
  });
});

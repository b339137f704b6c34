import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { access } from '../../../cli/access';
import type { AccessFlags } from '../../../cli/access-options';
import { granted, namespace } from '../authorization/support';
import { temporaryFolder } from '../support/folders';
import { printedBy } from '../support/printed';
import type { Manifest } from '../../../constructs';

/** What it prints and how it ends. */
const run = (paths: readonly string[], flags: Partial<AccessFlags> = {}) =>
  printedBy(() => access(paths, { format: 'table', ...flags }));

function fileWith(...manifests: readonly (Manifest | readonly Manifest[])[]): string {
  const path = join(temporaryFolder(), 'objects.yaml');
  writeFileSync(
    path,
    manifests
      .flat()
      .map((manifest) => JSON.stringify(manifest))
      .join('\n---\n'),
  );
  return path;
}

const GOOD = [
  namespace('shop'),
  granted('group staff', ['get,list pods', 'get configmaps settings'], 'shop'),
];
const BAD = [...GOOD, granted('group eve', ['get nodes/proxy'])];
const GRANT = { owner: 'platform team', reason: 'debugs the kubelet' };

describe('exit codes', () => {
  it('0: who may do what, and nobody is an administrator', async () => {
    const { code, out, err } = await run([fileWith(...GOOD)]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Group staff\n  in shop: get, list pods');
    expect(out).toContain('in shop: get configmaps named settings');
    expect(out).toContain('No way leads to cluster-admin.');
  });

  it('1: a way, with each step, the binding that gives it and the fix', async () => {
    const { code, out, err } = await run([fileWith(...BAD)]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /One way leads to cluster-admin:\nGroup eve\n {2}→ Cluster: runs programs .*get nodes\/proxy everywhere/,
    );
    expect(err).toMatch(
      /^Group eve: It can become an administrator .*ClusterRoleBinding role-\d+.*kubelet: Cluster\. \[access\/path\]\n$/,
    );
  });

  it.each<[string, () => readonly string[], Partial<AccessFlags>, string]>([
    ['a path that is not there', () => ['/nowhere/at/all'], {}, 'check/unreadable'],
    ['nothing', () => [], {}, 'cli/usage'],
    ['no object', () => [temporaryFolder()], {}, 'check/'],
    ['files and a cluster', () => [fileWith(...GOOD)], { live: true }, 'cli/usage'],
    ['an unknown format', () => [fileWith(...GOOD)], { format: 'png' }, 'cli/usage'],
    ['a question that is none', () => [fileWith(...GOOD)], { whoCan: 'secrets' }, 'cli/usage'],
    ['a resource that nobody has', () => [fileWith(...GOOD)], { whoCan: 'get secrtes' }, 'cli/usage'],
    ['a resource without its group', () => [fileWith(...GOOD)], { whoCan: 'get deployments' }, 'cli/usage'],
    ['a place without a question', () => [fileWith(...GOOD)], { namespace: 'shop' }, 'cli/usage'],
    [
      'a picture of a question',
      () => [fileWith(...GOOD)],
      { format: 'svg', whoCan: 'get pods' },
      'cli/usage',
    ],
    [
      'a baseline that nobody answers for',
      () => [fileWith(...BAD)],
      { writeBaseline: 'x.json', owner: 'me' },
      'cli/usage',
    ],
    ['somebody whom nobody names', () => [fileWith(...GOOD)], { subject: 'nobody' }, 'cli/usage'],
    [
      'a baseline that is not there',
      () => [fileWith(...GOOD)],
      { baseline: '/nowhere.json' },
      'check/unreadable',
    ],
    [
      'a version before that is not there',
      () => [fileWith(...GOOD)],
      { against: '/nowhere' },
      'check/unreadable',
    ],
  ])('2: %s', async (_what, paths, flags, code) => {
    const ended = await run(paths(), flags);
    expect([ended.code, ended.err]).toEqual([2, expect.stringContaining(code)]);
    expect(existsSync('x.json')).toBe(false);
  });
});

describe('questions', () => {
  const file = () => fileWith(...BAD);

  it.each([
    ['get pods', 'shop', ['Group staff']],
    ['get configmaps settings', 'shop', ['Group staff']],
    ['get configmaps others', 'shop', []],
    ['get pods', 'other', []],
    ['get nodes/proxy', undefined, ['Group eve']],
    ['create deployments.apps', 'shop', []],
  ])('who can %s in %s', async (whoCan, where, expected) => {
    const { code, out } = await run([file()], { whoCan, namespace: where, format: 'json' });
    const own = (JSON.parse(out) as string[]).filter((name) => !/ system:/.test(name));
    expect([code, own]).toEqual([0, expected]);
  });

  it('the parts of Kubernetes count', async () => {
    const { out } = await run([file()], { whoCan: 'get /metrics' });
    expect(out).toContain('Group system:monitoring');
    expect((await run([file()], { whoCan: 'paint pods' })).out).toContain('system:masters');
  });

  it('resources that Kubernetes does not have, where a rule names them', async () => {
    const widgets = fileWith(granted('group staff', ['paint widgets.example.com'], 'shop'));
    const { out } = await run([widgets], { whoCan: 'paint widgets.example.com', namespace: 'shop' });
    expect(out).toContain('Group staff');
  });

  it('one subject alone, judged by nothing', async () => {
    const { code, out } = await run([file()], { subject: 'staff' });
    expect(code).toBe(0);
    expect(out).not.toContain('eve');
    expect((await run([file()], { subject: 'Group eve' })).out).toContain('One way');
  });
});

describe('the baseline', () => {
  it('accepts what it holds, and nothing else; what is gone is told', async () => {
    const [bad, baseline] = [fileWith(...BAD), join(temporaryFolder(), 'access.json')];
    expect((await run([bad], { writeBaseline: baseline, ...GRANT })).code).toBe(0);
    expect(JSON.parse(readFileSync(baseline, 'utf8'))).toEqual({
      format: 'keelson-access-baseline/1',
      paths: [{ subject: 'Group eve', steps: ['kubelet: Cluster'], ...GRANT }],
    });
    expect(await run([bad], { baseline })).toMatchObject({ code: 0, err: '' });
    const more = fileWith(...BAD, granted('group mallory', ['get nodes/proxy']));
    expect(await run([more], { baseline })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Group mallory/),
    });
    expect(await run([fileWith(...GOOD)], { baseline })).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no such path any more'),
    });
  });

  it.each<[string, unknown]>([
    ['no JSON', undefined],
    ['another format', { format: 'x', paths: [] }],
    [
      'an entry that nobody answers for',
      { format: 'keelson-access-baseline/1', paths: [{ subject: 'Group eve', steps: ['a'] }] },
    ],
  ])('is refused: %s', async (_what, value) => {
    const baseline = join(temporaryFolder(), 'access.json');
    writeFileSync(baseline, value === undefined ? '{' : JSON.stringify(value));
    expect(await run([fileWith(...BAD)], { baseline })).toMatchObject({
      code: 2,
      err: expect.stringContaining('access/baseline'),
    });
  });

  it('holds a user who is called as a group of administrators', async () => {
    const user = fileWith(granted('user keelson:cluster-admins', ['get nodes/proxy']));
    const baseline = join(temporaryFolder(), 'access.json');
    await run([user], { writeBaseline: baseline, ...GRANT });
    expect(await run([user], { baseline })).toMatchObject({ code: 0, err: '' });
  });

  it('groups of administrators that are in no file are some all the same', async () => {
    const rights = ['impersonate users jane', 'impersonate groups kubeadm:cluster-admins'];
    expect(await run([fileWith(granted('group eve', rights))])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Group eve/),
    });
  });

  it('administrators by name need none', async () => {
    const admins = granted('group keelson:break-glass', ['get nodes/proxy']);
    expect((await run([fileWith(...GOOD, admins)])).code).toBe(0);
  });
});

describe('the difference', () => {
  it('says what is given and taken, and which ways open', async () => {
    const [before, after] = [
      fileWith(...GOOD),
      fileWith(namespace('shop'), granted('group eve', ['get nodes/proxy'])),
    ];
    const { code, out } = await run([after], { against: before });
    expect(code).toBe(1);
    expect(out).toContain('This change opens ways to cluster-admin.');
    expect(out).toContain('+ Group eve: get nodes/proxy everywhere');
    expect(out).toContain('- Group staff: get configmaps settings in shop');
    const back = await run([before], { against: after });
    expect(back.code).toBe(0);
    expect(back.out).toContain('This change closes the way to cluster-admin of:\n  - Group eve');
    expect(JSON.parse((await run([after], { against: before, format: 'json' })).out)).toMatchObject({
      opened: [{ subject: { name: 'eve' } }],
      gained: [{ subject: 'Group eve', right: 'get nodes/proxy everywhere' }],
    });
  });

  it('another name for a role is none', async () => {
    const { out } = await run([fileWith(...GOOD)], {
      against: fileWith(
        namespace('shop'),
        granted('group staff', ['get,list pods', 'get configmaps settings'], 'shop'),
      ),
    });
    expect(out.trim()).toBe('This change gives nothing and takes nothing away.');
  });
});

describe('forms', () => {
  it('data with everything', async () => {
    const { out } = await run([fileWith(...BAD)], { format: 'json' });
    expect(JSON.parse(out)).toMatchObject({
      format: 'keelson-access/1',
      subjects: [{ subject: { kind: 'Group', name: 'eve' } }, { subject: { name: 'staff' } }],
      paths: [{ steps: [{ technique: 'kubelet' }] }],
    });
  });

  it('a picture that markup in a name does nothing to', async () => {
    const { out } = await run([fileWith(granted('group <script>x</script>', ['get nodes/proxy']))], {
      format: 'svg',
    });
    expect(out).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(out).toContain('&lt;script&gt;');
    expect(out).not.toContain('<script');
    expect(out).toContain('kubelet: Cluster');
  });

  it('a text that moves no cursor', async () => {
    const { out } = await run([fileWith(granted('group a\u001b[2Jb', ['get pods']))]);
    expect(out).not.toContain('\u001b');
  });
});

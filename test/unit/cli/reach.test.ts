import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reach } from '../../../cli/reach';
import type { ReachFlags } from '../../../cli/reach-options';
import { parseReachability, type Reachability } from '../../../reachability';
import { temporaryFolder } from '../support/folders';
import { connection, namespace, pod, policy } from '../support/network';
import { printedBy } from '../support/printed';

/** What it prints and how it ends. */
const run = (paths: readonly string[], flags: Partial<ReachFlags> = {}) =>
  printedBy(() => reach(paths, { format: 'table', ...flags }));

function fileWith(text: string, name = 'objects.yaml'): string {
  const path = join(temporaryFolder(), name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const SHOP = namespace() + pod('web') + pod('api') + pod('db', '[{ containerPort: 5432 }]');
const GOOD = SHOP + connection('web', 'api', '8080');

describe('exit codes', () => {
  it('0: what can reach what, and nothing is wrong', async () => {
    const { code, out, err } = await run([fileWith(GOOD)]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('→ shop/api');
    expect(out).toContain('TCP 8080');
    expect(out).toContain('by shop/web-out, shop/api-in');
    expect(out).toMatch(/^1 of 6 pairs of 3 workloads are open/m);
  });

  it('1: findings, on standard error with place and fix, beside the answer', async () => {
    const file = fileWith(SHOP + policy('one', '{ podSelector: { matchLabels: { app: wbe } } }'));
    const { code, out, err } = await run([file]);
    expect(code).toBe(1);
    expect(err).toContain('policy-matches-nothing: No pod in shop has the labels app=wbe');
    expect(err).toMatch(/line \d+, spec.podSelector/);
    expect(err).toContain('Fix: Correct the selector');
    expect(out).toContain('pairs of 3 workloads');
  });

  it('1: a finding about what no field says, without an empty place', async () => {
    const { code, err } = await run([fileWith(pod('web'))]);
    expect(code).toBe(1);
    expect(err).toMatch(/namespace-not-isolated: .* by default\.\n/);
  });

  it('0: findings that are waived', async () => {
    const file = fileWith(SHOP + policy('one', '{ podSelector: { matchLabels: { app: wbe } } }'));
    const waivers = fileWith(
      JSON.stringify([
        {
          ...{ control: 'policy-matches-nothing', kind: 'NetworkPolicy', namespace: 'shop', name: 'one' },
          ...{ owner: 'shop team', reason: 'the pods come next week', expires: inDays(10) },
        },
      ]),
      'waivers.yaml',
    );
    expect(await run([file], { waivers })).toMatchObject({ code: 0, err: expect.stringContaining('waived') });
  });

  it.each([
    ['a path that is not there', () => ['/nowhere/at/all'], {}, 'check/unreadable'],
    ['nothing', () => [], {}, 'cli/usage'],
    ['files and a cluster', () => [fileWith(GOOD)], { live: true }, 'cli/usage'],
    ['an unknown format', () => [fileWith(GOOD)], { format: 'png' }, 'cli/usage'],
    ['one end only', () => [fileWith(GOOD)], { from: 'web' }, 'cli/usage'],
    ['an unknown end', () => [fileWith(GOOD)], { from: 'web', to: 'nobody' }, 'cli/usage'],
    ['a picture of a difference', () => [fileWith(GOOD)], { format: 'svg', against: '.' }, 'cli/usage'],
    ['an empty file', () => [fileWith('')], {}, 'check/nothing'],
    ['no YAML', () => [fileWith('a: [')], {}, 'check/yaml'],
    [
      'a policy that the API server refuses',
      () => [fileWith(GOOD.replaceAll('port: 8080', 'port: 0'))],
      {},
      'reach/policy',
    ],
    [
      'a port that has a length and is no text',
      () => [fileWith(GOOD.replaceAll('port: 8080', 'port: { length: { toString: 1, valueOf: 2 } }'))],
      {},
      'reach/policy',
    ],
    ['an object that is there twice', () => [fileWith(GOOD + pod('web'))], {}, 'reach/duplicate'],
    [
      'a file that is no such data',
      () => [fileWith('{"format":"keelson/reachability","version":2}', 'reachability.json')],
      {},
      'reach/data',
    ],
    ['a network file that is not there', () => [fileWith(GOOD)], { network: '/nowhere' }, 'config/invalid'],
  ])('2: %s, and no answer', async (_, paths, flags, expected) => {
    const { code, out, err } = await run(paths(), flags);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`[${expected}]`);
  });
});

describe('one pair', () => {
  it('is open by these policies, that stand there', async () => {
    const { out } = await run([fileWith(GOOD)], { from: 'web', to: 'shop/api' });
    expect(out).toContain('Pod shop/web → Pod shop/api: open');
    expect(out).toMatch(/out: by shop\/web-out \(.*objects\.yaml:\d+\)/);
    expect(out).toMatch(/in: {2}by shop\/api-in \(.*objects\.yaml:\d+\)/);
  });

  it('is denied by these policies', async () => {
    const { out } = await run([fileWith(GOOD)], { from: 'web', to: 'db' });
    expect(out).toContain('Pod shop/web → Pod shop/db: denied in all ports');
    expect(out).toMatch(/out of Pod shop\/web: .*shop\/default-deny/);
    expect(out).toMatch(/into Pod shop\/db: .*shop\/default-deny/);
  });

  it('with a range counts what is open to other ranges of the same addresses', async () => {
    const out = (cidr: string, port: number) =>
      `{ to: [{ ipBlock: { cidr: ${cidr} } }], ports: [{ port: ${port} }] }`;
    const rules = [out('203.0.113.0/24', 8443), out('203.0.113.0/28', 22)].join(', ');
    const held = policy(
      'held',
      `{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${rules}] }`,
    );
    const free = pod('any', '[]', 'free');
    const pair = async (from: string, to: string) =>
      (await run([fileWith(SHOP + held + free)], { from, to })).out;
    expect(await pair('web', '203.0.113.0/28')).toMatch(
      /: open\n {2}TCP 22\n.*\n.*\n {2}through 203\.0\.113\.0\/24, which holds it:\n {4}TCP 8443\n/,
    );
    expect(await pair('web', 'outside')).toMatch(
      /: open in part\n {2}through 203\.0\.113\.0\/24, which holds a part of it:\n/,
    );
    expect(await pair('any', '203.0.113.0/28')).toMatch(
      /: open\n {2}through outside, which holds it:\n {4}all TCP ports\n/,
    );
    expect(await pair('api', '203.0.113.0/28')).toContain(': denied in all ports\n');
  });

  it('is possibly open where pods may have the addresses, and the answer says how to tell', async () => {
    const rules = '[{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: 8080 }] }]';
    const spec = `{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: ${rules} }`;
    const into = connection('web', 'api', '8080').split('---')[2]!;
    const hint = 'The addresses of pods are not known';
    const { out } = await run([fileWith(`${SHOP}${policy('held', spec)}---${into}`)]);
    expect(out).toMatch(/→ shop\/api +TCP 8080 \(possibly\)/);
    expect(out).toContain(hint);
    expect((await run([fileWith(GOOD)])).out).not.toContain(hint);
  });

  it('is asked for by names as they are to be typed', async () => {
    const twice = pod('web', '[]', 'free');
    expect((await run([fileWith(SHOP + twice)], { from: 'web', to: 'api' })).err).toContain(
      '--from: 2 workloads are called "web". Use one of: free/web, shop/web.',
    );
    const others = '[{ from: [{ podSelector: { matchLabels: { app: x, tier: front } } }] }]';
    const one = policy('one', `{ podSelector: { matchLabels: { app: api } }, ingress: ${others} }`);
    const { err } = await run([fileWith(SHOP + one)], { from: 'x', to: 'api' });
    expect(err).toContain('--from: Nothing in the answer is called "x".');
    expect(err).toContain("'pods app=x, tier=front in shop', outside");
  });

  it('as JSON is the flow, or null', async () => {
    const pair = (to: string) => run([fileWith(GOOD)], { from: 'web', to, format: 'json' });
    expect(JSON.parse((await pair('api')).out)).toMatchObject({ from: 'Pod shop/web', to: 'Pod shop/api' });
    expect(JSON.parse((await pair('db')).out)).toBeNull();
  });
});

describe('what a change does', () => {
  it('is told as text for a pull request, and as data', async () => {
    const before = fileWith(GOOD);
    const after = fileWith(GOOD + connection('api', 'db', '5432'));
    expect((await run([after], { against: before })).out).toBe(
      'This change opens (1):\n  + shop/api → shop/db: TCP 5432  by shop/api-out, shop/db-in\n',
    );
    expect((await run([before], { against: after })).out).toMatch(/^This change closes \(1\):/);
    expect((await run([before], { against: before })).out).toBe(
      'This change opens nothing and closes nothing.\n',
    );
    expect(JSON.parse((await run([after], { against: before, format: 'json' })).out)).toMatchObject({
      opened: [{ from: 'Pod shop/api', to: 'Pod shop/db' }],
      closed: [],
    });
  });

  it('may be told against data that was written before', async () => {
    const data = fileWith((await run([fileWith(GOOD)], { format: 'json' })).out, 'reachability.json');
    const after = fileWith(GOOD + connection('api', 'db', '5432'));
    expect((await run([after], { against: data })).out).toContain('+ shop/api → shop/db: TCP 5432');
  });
});

describe('data', () => {
  it('is JSON that can be read again', async () => {
    const { out } = await run([fileWith(GOOD)], { format: 'json' });
    const data: Reachability = parseReachability(JSON.parse(out), 'test');
    expect(data.flows.map(({ from, to }) => `${from} > ${to}`)).toEqual(['Pod shop/web > Pod shop/api']);
    const again = await run([fileWith(out, 'reachability.json')], { format: 'json' });
    expect(again).toEqual({ code: 0, out, err: expect.stringContaining('No check was run') as string });
  });

  it('of a folder that synth wrote gives the network that synth was told of', async () => {
    const network = { pods: ['10.244.0.0/16'] };
    const { out } = await run([fileWith(GOOD)], { format: 'json' });
    const file = fileWith(
      out.replace('"network": {}', `"network": ${JSON.stringify(network)}`),
      'reachability.json',
    );
    writeFileSync(join(file, '..', 'objects.yaml'), GOOD);
    expect(
      (JSON.parse((await run([join(file, '..')], { format: 'json' })).out) as Reachability).network,
    ).toEqual(network);
  });
});

describe('pods that others deploy', () => {
  const peer =
    '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: gateway } }, podSelector: { matchLabels: { app: gateway } } }';
  const file = () =>
    fileWith(
      SHOP +
        policy(
          'in',
          `{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [${peer}], ports: [{ port: 8080 }] }] }`,
        ),
    );
  const told = (foreign: unknown) =>
    fileWith(JSON.stringify({ pods: ['10.244.0.0/16'], foreign }), 'network.yaml');

  it('are named in the file of the network', async () => {
    expect((await run([file()])).code).toBe(1);
    const network = told([{ namespace: 'gateway', labels: { app: 'gateway' } }]);
    const { code, out, err } = await run([file()], { network });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('pods app=gateway in gateway');
    expect(
      (await run([file()], { network: told([{ namespace: 'other', labels: { app: 'gateway' } }]) })).code,
    ).toBe(1);
  });

  it.each([
    ['no list', {}, ': foreign: '],
    ['no label', [{ namespace: 'gateway', labels: {} }], ': foreign[0].labels: No label is given'],
    ['no namespace', [{ labels: { a: 'b' } }], ': foreign[0].namespace: '],
    ['a field that is none', [{ namespace: 'a', labels: { a: 'b' }, pods: 1 }], ': foreign[0]: '],
  ])('are refused with their place: %s', async (_, foreign, expected) => {
    const { code, err } = await run([file()], { network: told(foreign) });
    expect(code).toBe(2);
    expect(err).toContain(expected);
    expect(err).toContain('[config/invalid]');
  });
});

test('the picture is SVG, and findings do not get into it', async () => {
  const file = fileWith(SHOP + policy('one', '{ podSelector: { matchLabels: { app: wbe } } }'));
  const { code, out, err } = await run([file], { format: 'svg' });
  expect(code).toBe(1);
  expect(out).toMatch(/^<svg [\s\S]+<\/svg>\n$/);
  expect(out).not.toContain('policy-matches-nothing');
  expect(err).toContain('policy-matches-nothing');
});

it('shows names that somebody else wrote, and does nothing to the terminal', async () => {
  const { out, err } = await run([fileWith(GOOD.replaceAll('name: web-out', 'name: "x\\e[2Jy"'))]);
  expect(out + err).not.toContain('\u001b');
  expect(out).toContain('\\u001b[2J');
});

function inDays(days: number): string {
  return new Date(Date.now() + days * 24 * 3600 * 1000).toISOString().slice(0, 10);
}

it('a reachability.json beside manifests with a network that cannot be is refused, and hides nothing', async () => {
  const file = fileWith(GOOD);
  const { out } = await run([file], { format: 'json' });
  const forged = { ...(JSON.parse(out) as Reachability), network: { pods: ['none'] } };
  writeFileSync(join(dirname(file), 'reachability.json'), JSON.stringify(forged));
  const answer = await run([dirname(file)]);
  expect(answer).toMatchObject({ code: 2, out: '' });
  expect(answer.err).toContain('"none" is no range of addresses.');
});

/** `keelson images add` against the reference implementation of a registry. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { Deployment } from '../../constructs/cdk8s-plus';
import { KeelsonApp } from '../../constructs';
import { readImageLock } from '../../images';
import { synthesize } from '../../stacks';
import { startRegistry, type RunningRegistry } from '../tools/registry/registry';
import { temporaryFolder } from '../unit/support/folders';
import { layoutFiles, testImage, writeFiles } from '../unit/support/images';
import { problemsOfAsync } from '../unit/support/problems';
import { serverKeys, startServer } from '../unit/support/registry';
import { startKeelson, type Run } from './support/keelson';

const PASSWORD = 'hunter2-sesame';
const ACCOUNT = { user: 'builder', password: PASSWORD };

const image = testImage(
  { architecture: 'amd64', config: { User: '65532:65532', Entrypoint: ['/app'] } },
  { architecture: 'arm64', config: { User: '65532:65532', Entrypoint: ['/app'] } },
);
const root = testImage({ architecture: 'amd64', config: { Entrypoint: ['/app'] } });

let home: string;
let file: string;
let secured: RunningRegistry;
let open: RunningRegistry;

beforeAll(async () => {
  home = temporaryFolder();
  file = join(home, 'images.json');
  const keys = await serverKeys();
  writeFileSync(join(home, 'ca.pem'), keys.authority.certificate!);
  secured = await startRegistry(temporaryFolder(), { keys, account: ACCOUNT });
  open = await startRegistry(temporaryFolder());
  await Promise.all([secured.push(image, '1'), open.push(image, '1')]);
  // The registry may have to be built first.
}, 900_000);

afterAll(() => Promise.all([secured?.stop(), open?.stop()]));

async function add(...args: readonly string[]): Promise<Run> {
  const run = await startKeelson(['images', 'add', '--file', file, ...args], {
    HOME: home,
    DOCKER_CONFIG: join(home, '.docker'),
    KEELSON_CACHE: join(home, 'cache'),
  }).ended;
  expect(run.output).not.toContain(PASSWORD);
  return run;
}
const trusted = (...args: readonly string[]): Promise<Run> => add('--ca-file', join(home, 'ca.pem'), ...args);

/** What a Deployment of cdk8s-plus with this image is refused for by the lock file. */
async function refusedAtSynth(reference: string): Promise<readonly string[]> {
  const app = new KeelsonApp({ outdir: join(temporaryFolder(), 'dist'), images: readImageLock(file) });
  new Deployment(new Chart(app, 'chart'), 'app', {
    containers: [{ name: 'app', image: reference, securityContext: { ensureNonRoot: false } }],
    securityContext: { ensureNonRoot: false },
  });
  const problems = await problemsOfAsync(() => synthesize(app));
  return problems.filter(({ code }) => code === 'image/unfit').map(({ message }) => message);
}

test('an account is needed, and taken from the Docker configuration', async () => {
  const name = `${secured.host}/app:1`;
  const refused = await trusted(name);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.output).toContain('status 401');
  mkdirSync(join(home, '.docker'));
  const auth = Buffer.from(`${ACCOUNT.user}:${PASSWORD}`).toString('base64');
  writeFileSync(
    join(home, '.docker', 'config.json'),
    JSON.stringify({ auths: { [secured.host]: { auth } } }),
  );
  const untrusted = await add(name);
  expect(untrusted).toMatchObject({ code: 1 });
  expect(untrusted.output).toContain('cannot be asked');
  expect(await trusted(name)).toEqual({
    code: 0,
    output: `${name}@${image.digest}\n  linux/amd64: user 65532:65532\n  linux/arm64: user 65532:65532\n`,
  });
  expect(readImageLock(file).tags).toEqual({ [name]: image.digest });
});

test('a command line that is not valid ends with 2, and the interrupt of a read with 130', async () => {
  expect(await add('NO IMAGE', 'nginx')).toMatchObject({ code: 2 });
  const silent = await startServer(() => undefined);
  const running = startKeelson(['images', 'add', '--file', file, '--plain-http', `${silent.host}/app:1`], {
    HOME: home,
  });
  while (silent.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130 });
});

test('without TLS only where that is asked for; a copy in a layout is the same image', async () => {
  const name = `${open.host}/app:1`;
  expect(await add(name)).toMatchObject({ code: 1 });
  expect(await add('--plain-http', name)).toMatchObject({ code: 0 });
  const before = readFileSync(file, 'utf8');
  const layout = writeFiles(temporaryFolder(), layoutFiles([image]));
  const archive = join(temporaryFolder(), 'image.tar.gz');
  expect(spawnSync('tar', ['-czf', archive, '-C', layout, '.']).status).toBe(0);
  for (const path of [layout, archive]) {
    const run = await add('--as', name, path);
    expect(run).toMatchObject({ code: 0 });
    expect(run.output).toContain(image.digest);
    expect(readFileSync(file, 'utf8')).toBe(before);
  }
});

test('a tag that moved to an image that is root is refused, then taken, then refused at synth', async () => {
  const name = `${secured.host}/app:1`;
  expect(await refusedAtSynth(`${name}@${image.digest}`)).toEqual([]);
  await secured.push(root, '1');
  const moved = await trusted(name);
  expect(moved).toMatchObject({ code: 1 });
  expect(moved.output).toContain(`The tag has moved from ${image.digest} to ${root.digest}`);
  expect(readImageLock(file).tags[name]).toBe(image.digest);
  expect(await trusted('--update', name)).toMatchObject({ code: 0 });
  expect((await refusedAtSynth(`${name}@${root.digest}`)).join()).toContain('It would run as root');
  expect((await refusedAtSynth(`${name}@${image.digest}`)).join()).toContain('the lock file has');
});

test('what was read once is read again by digest without the registry', async () => {
  const { host } = secured;
  await secured.stop();
  expect(await trusted(`${host}/app@${image.digest}`)).toMatchObject({ code: 0 });
  expect(await trusted(`${host}/app:1`)).toMatchObject({ code: 1 });
});

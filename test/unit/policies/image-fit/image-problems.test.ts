import { imageProblems, POD_KINDS, wrapPod, type PodKind } from '../../../../policies';
import type { ImageConfig, ImageLock } from '../../../../model';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const DIGEST = digest('a');
const IMAGE = `registry.example/app:1@${DIGEST}`;
const POD = POD_KINDS.find(({ kind }) => kind === 'Pod')!;

const config = (changes: Partial<ImageConfig> = {}): ImageConfig => ({
  user: '1000',
  entrypoint: ['/app'],
  cmd: [],
  exposedPorts: [],
  volumes: [],
  workingDir: '',
  ...changes,
});
const lockOf = (
  changes: Partial<ImageConfig> = {},
  platforms = ['linux/amd64', 'linux/arm64'],
): ImageLock => ({
  tags: {},
  images: {
    [DIGEST]: {
      platforms: platforms.map((platform, at) => ({
        platform,
        digest: digest(String(at)),
        config: config(changes),
      })),
    },
  },
});

type Fields = Readonly<Record<string, unknown>>;
const podWith = (container: Fields = {}, pod: Fields = {}): Fields => ({
  containers: [{ name: 'app', image: IMAGE, ...container }],
  ...pod,
});
const found = (lock: ImageLock, pod: Fields = podWith(), kind: PodKind = POD) =>
  imageProblems(wrapPod(kind, pod), lock).map(({ what }) => what);
const secured = (securityContext: Fields, pod: Fields = {}): Fields =>
  podWith({ securityContext }, { securityContext: pod });

describe('an image that is root', () => {
  const root = lockOf({ user: '' });

  it.each(['', 'root', '0', '0:0', '0:1000', 'root:root'])('is named where its user is %p', (user) => {
    const [problem, ...others] = imageProblems(wrapPod(POD, podWith()), lockOf({ user }));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ what: 'root', container: 'app' });
    expect(problem!.message).toContain(IMAGE);
  });

  it.each(['1000', '1000:0', 'nginx'])('is not where its user is %p', (user) => {
    expect(found(lockOf({ user }))).toEqual([]);
  });

  it.each(POD_KINDS.map((kind) => [kind.kind, kind] as const))('is named in a %s', (_name, kind) => {
    expect(found(root, podWith(), kind)).toEqual(['root']);
  });

  it('is named in every kind of container', () => {
    const container = { name: 'other', image: IMAGE };
    const pod = { containers: [container], initContainers: [container], ephemeralContainers: [container] };
    expect(found(root, pod)).toEqual(['root', 'root', 'root']);
  });

  it('is another user where the container says so, or else the pod', () => {
    expect(found(root, secured({ runAsUser: 10001 }))).toEqual([]);
    expect(found(root, secured({}, { runAsUser: 10001 }))).toEqual([]);
    expect(found(root, secured({ runAsUser: 0 }, { runAsUser: 10001 }))).toEqual(['root']);
    expect(found(root, secured({ runAsUser: 10001 }, { runAsUser: 0 }))).toEqual([]);
    expect(found(lockOf(), secured({}, { runAsUser: 0 }))).toEqual(['root']);
  });

  it('is nobody on the node in a user namespace', () => {
    expect(found(root, podWith({}, { hostUsers: false }))).toEqual([]);
    expect(found(root, podWith({}, { hostUsers: true }))).toEqual(['root']);
  });

  it('is not started where root is forbidden, in a user namespace neither', () => {
    expect(found(root, secured({ runAsNonRoot: true }))).toEqual(['refused']);
    expect(found(root, secured({}, { runAsNonRoot: true }))).toEqual(['refused']);
    expect(found(root, secured({ runAsNonRoot: false }, { runAsNonRoot: true }))).toEqual(['root']);
    expect(found(root, podWith({}, { hostUsers: false, securityContext: { runAsNonRoot: true } }))).toEqual([
      'refused',
    ]);
  });

  it('does not count on Windows', () => {
    expect(found(lockOf({ user: '' }, ['windows/amd64']))).toEqual([]);
  });

  it('counts on the platforms on which the pod may run', () => {
    const lock: ImageLock = {
      tags: {},
      images: {
        [DIGEST]: {
          platforms: [
            { platform: 'linux/amd64', digest: digest('0'), config: config() },
            { platform: 'linux/arm64', digest: digest('1'), config: config({ user: '' }) },
          ],
        },
      },
    };
    const on = (arch: string) => podWith({}, { nodeSelector: { 'kubernetes.io/arch': arch } });
    expect(found(lock)).toEqual(['root']);
    expect(found(lock, on('arm64'))).toEqual(['root']);
    expect(found(lock, on('amd64'))).toEqual([]);
    // A digest may name one platform of an image that is known.
    expect(found(lock, podWith({ image: `mirror.example/x@${digest('1')}` }))).toEqual(['root']);
    expect(found(lock, podWith({ image: `mirror.example/x@${digest('0')}` }))).toEqual([]);
  });
});

describe('a user that is only named', () => {
  it('cannot be verified by the kubelet', () => {
    const lock = lockOf({ user: 'nginx' });
    expect(found(lock, secured({ runAsNonRoot: true }))).toEqual(['refused']);
    expect(found(lock, secured({ runAsNonRoot: true, runAsUser: 101 }))).toEqual([]);
    expect(found(lockOf({ user: '101' }), secured({ runAsNonRoot: true }))).toEqual([]);
  });
});

describe('the nodes that a pod names', () => {
  const lock = lockOf({}, ['linux/amd64', 'linux/arm/v7']);
  const affinity = (...terms: readonly (readonly [string, string, readonly string[]])[][]): Fields =>
    podWith(
      {},
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: terms.map((expressions) => ({
                matchExpressions: expressions.map(([key, operator, values]) => ({ key, operator, values })),
              })),
            },
          },
        },
      },
    );
  const ARCH = 'kubernetes.io/arch';

  it.each<[string, Fields, boolean]>([
    ['nothing', podWith(), true],
    ['an architecture it has', podWith({}, { nodeSelector: { [ARCH]: 'amd64' } }), true],
    ['an architecture with variants', podWith({}, { nodeSelector: { [ARCH]: 'arm' } }), true],
    ['an architecture it has not', podWith({}, { nodeSelector: { [ARCH]: 'arm64' } }), false],
    ['one by the older label', podWith({}, { nodeSelector: { 'beta.kubernetes.io/arch': 's390x' } }), false],
    ['another system', podWith({}, { nodeSelector: { 'kubernetes.io/os': 'windows' } }), false],
    ['another system in the pod', podWith({}, { os: { name: 'windows' } }), false],
    ['its system', podWith({}, { os: { name: 'linux' } }), true],
    ['other labels', podWith({}, { nodeSelector: { disk: 'ssd' } }), true],
    ['one of several it has', affinity([[ARCH, 'In', ['amd64', 'arm']]]), true],
    ['one of several it has not', affinity([[ARCH, 'In', ['amd64', 'arm64']]]), false],
    ['one in another term', affinity([[ARCH, 'In', ['amd64']]], [[ARCH, 'In', ['arm64']]]), false],
    [
      'what two expressions leave',
      affinity([
        [ARCH, 'In', ['amd64', 'arm64']],
        [ARCH, 'In', ['amd64']],
      ]),
      true,
    ],
    ['what it is not', affinity([[ARCH, 'NotIn', ['amd64']]]), true],
    ['what no node is', affinity([[ARCH, 'In', []]]), true],
  ])('%s', (_what, pod, fits) => {
    expect(found(lock, pod)).toEqual(fits ? [] : ['platform']);
  });

  it('are told with what the image is made for', () => {
    const [problem] = imageProblems(
      wrapPod(POD, podWith({}, { nodeSelector: { [ARCH]: 'arm64', 'kubernetes.io/os': 'linux' } })),
      lock,
    );
    expect(problem!.message).toContain('linux/arm64');
    expect(problem!.message).toContain('linux/amd64, linux/arm/v7');
  });
});

describe('a container that starts nothing', () => {
  const empty = lockOf({ entrypoint: [], cmd: [] });

  it('is told', () => {
    expect(found(empty)).toEqual(['nothing-to-start']);
    expect(found(empty, podWith({ command: [] }))).toEqual(['nothing-to-start']);
    for (const started of [podWith({ command: ['/x'] }), podWith({ args: ['/x'] })])
      expect(found(empty, started)).toEqual([]);
    expect(found(lockOf({ entrypoint: [], cmd: ['/x'] }))).toEqual([]);
    expect(found(lockOf({ entrypoint: ['/x'], cmd: [] }))).toEqual([]);
  });
});

describe('a folder that the image says it writes to', () => {
  const lock = lockOf({ volumes: ['/data', '/var/lib/app/'], workingDir: '/srv' });
  const mounted = (...paths: readonly string[]): Fields =>
    podWith({
      securityContext: { readOnlyRootFilesystem: true },
      volumeMounts: paths.map((mountPath) => ({ name: 'v', mountPath })),
    });

  it('needs a mount under a read-only root', () => {
    expect(found(lock)).toEqual([]);
    expect(found(lock, mounted())).toEqual(['unmounted-volume']);
    expect(found(lock, mounted('/data'))).toEqual(['unmounted-volume']);
    expect(found(lock, mounted('/database', '/var/lib/app'))).toEqual(['unmounted-volume']);
    expect(found(lock, mounted('/data/', '/var/lib'))).toEqual([]);
    expect(found(lock, mounted('/'))).toEqual([]);
  });

  it('is named', () => {
    expect(imageProblems(wrapPod(POD, mounted('/data')), lock)[0]!.message).toContain('/var/lib/app');
    expect(imageProblems(wrapPod(POD, mounted('/data')), lock)[0]!.message).not.toContain('/data,');
  });
});

describe('a tag that is locked', () => {
  const lock: ImageLock = {
    tags: { 'registry.example/app:1': DIGEST, 'docker.io/library/nginx:1': DIGEST },
    images: lockOf().images,
  };

  it('has to have the digest of the lock', () => {
    expect(found(lock)).toEqual([]);
    expect(found(lock, podWith({ image: `registry.example/app:1@${digest('b')}` }))).toEqual(['moved-tag']);
    expect(found(lock, podWith({ image: `nginx:1@${digest('b')}` }))).toEqual(['moved-tag']);
    expect(found(lock, podWith({ image: `registry.example/app:2@${digest('b')}` }))).toEqual([]);
    expect(found(lock, podWith({ image: `registry.example/app@${digest('b')}` }))).toEqual([]);
    expect(found(lock, podWith({ image: 'registry.example/app:1' }))).toEqual([]);
  });

  it('may be pinned to one of its platforms', () => {
    expect(found(lock, podWith({ image: `registry.example/app:1@${digest('1')}` }))).toEqual([]);
  });

  it('counts for an image that is mounted, too', () => {
    const reference = `registry.example/app:1@${digest('b')}`;
    expect(found(lock, podWith({}, { volumes: [{ name: 'v', image: { reference } }] }))).toEqual([
      'moved-tag',
    ]);
  });
});

it('says nothing of what is not known', () => {
  expect(found({ tags: {}, images: {} })).toEqual([]);
  expect(found(lockOf({ user: '' }), podWith({ image: 'registry.example/app:1' }))).toEqual([]);
  expect(found(lockOf({ user: '' }), podWith({ image: 'NO IMAGE' }))).toEqual([]);
  const known = { platform: 'linux/amd64', digest: digest('0') };
  expect(found({ tags: {}, images: { [DIGEST]: { platforms: [known] } } })).toEqual([]);
});

it('looks at no object without a pod, and at no pod of a strange shape', () => {
  const lock = lockOf({ user: '' });
  expect(
    imageProblems(
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: podWith() } as never,
      lock,
    ),
  ).toEqual([]);
  for (const spec of [undefined, null, 1, 'x', [], { containers: {} }, { containers: [null, 1, 'x'] }])
    expect(
      imageProblems({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec } as never, lock),
    ).toEqual([]);
});

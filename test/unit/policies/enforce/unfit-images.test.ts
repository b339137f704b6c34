import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart } from 'cdk8s';
import * as pulumi from '@pulumi/pulumi';
import {
  DefaultDeny,
  HardenedDeployment,
  HardenedNamespace,
  KeelsonApp,
  renderApp,
} from '../../../../constructs';
import type { ImageLock, Waiver } from '../../../../model';
import { enforceAtSynth } from '../../../../policies';
import { examplePod } from '../../../../policies/example-pod';
import { KubernetesApp, synthesize } from '../../../../stacks';
import { IMAGE } from '../../support/charts';
import { temporaryFolder } from '../../support/folders';
import { places, problemsOf, problemsOfAsync } from '../../support/problems';

const NOW = new Date('2026-06-15T12:00:00Z');
const DIGEST = IMAGE.slice(IMAGE.indexOf('@') + 1);

const lockOf = (user: string, volumes: readonly string[] = []): ImageLock => ({
  tags: {},
  images: {
    [DIGEST]: {
      platforms: [
        {
          platform: 'linux/amd64',
          digest: DIGEST,
          config: { user, entrypoint: ['/a'], cmd: [], exposedPorts: [], volumes, workingDir: '' },
        },
      ],
    },
  },
});

function appWith(images?: ImageLock, outdir?: string): { readonly app: KeelsonApp; readonly chart: Chart } {
  const app = new KeelsonApp({
    ...(images === undefined ? {} : { images }),
    ...(outdir === undefined ? {} : { outdir }),
  });
  return { app, chart: new Chart(app, 'chart') };
}

/** A Job of somebody else in a namespace that denies by default, with two containers of which the first may run as whoever the image says. */
function rootJob(chart: Chart, first: object = {}): void {
  new DefaultDeny(chart, 'deny', { namespace: 'shop' });
  const pod = examplePod({ securityContext: { runAsNonRoot: undefined } });
  const [container] = pod['containers'] as readonly [{ securityContext: object }];
  const secured = { ...container.securityContext, runAsNonRoot: true, runAsUser: 10001 };
  const spec = {
    ...pod,
    serviceAccountName: 'app',
    restartPolicy: 'Never',
    containers: [
      { ...container, image: IMAGE, securityContext: { ...container.securityContext, ...first } },
      { ...container, name: 'other', image: IMAGE, securityContext: secured },
    ],
  };
  new ApiObject(chart, 'job', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'job', namespace: 'shop' },
    spec: { template: { spec } },
  });
}

const waiver = (control: string): Waiver => ({
  control,
  kind: 'Job',
  namespace: 'shop',
  name: 'job',
  container: 'app',
  owner: 'platform team',
  reason: 'writes to devices of its node',
  expires: '2026-12-31',
});

function told(first: object, waivers: readonly Waiver[], images = lockOf('')): readonly string[] {
  const { app, chart } = appWith();
  rootJob(chart, first);
  try {
    enforceAtSynth(renderApp(app), { waivers, now: NOW, images });
    return [];
  } catch (error) {
    return (error as { problems: readonly { code: string; message: string }[] }).problems.map(
      ({ code, message }) =>
        code === 'image/unfit' ? `${code} ${message}` : `${code} ${/breaks ([a-z-]+)/.exec(message)?.[1]}`,
    );
  }
}

describe('an image that would run as root', () => {
  const IS_ROOT = `image/unfit Job shop/job container app: It would run as root: the user of ${IMAGE} is root, as it names none.`;

  it('is named with its place, beside what the object breaks', () => {
    const { app, chart } = appWith();
    rootJob(chart);
    const problems = problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW, images: lockOf('') }));
    expect(places(problems)).toContain('chart/job [image/unfit]');
    expect(told({}, [])).toEqual(['policy/violation run-as-non-root', IS_ROOT]);
  });

  it('is not named where nothing is known of it', () => {
    expect(told({}, [], { tags: {}, images: {} })).toEqual(['policy/violation run-as-non-root']);
    expect(told({}, [], lockOf('1000'))).toEqual(['policy/violation run-as-non-root']);
  });

  it('is covered by a waiver of the control', () => {
    expect(told({}, [waiver('run-as-non-root')])).toEqual([]);
  });

  it('is not covered by a waiver that is over, nor by one for another control', () => {
    expect(told({}, [{ ...waiver('run-as-non-root'), expires: '2026-01-01' }])).toContain(IS_ROOT);
    const other = told({ readOnlyRootFilesystem: false }, [waiver('read-only-root')]);
    expect(other).toEqual(['policy/violation run-as-non-root', IS_ROOT]);
  });

  it('is told once where the object itself asks for root', () => {
    const both = ['policy/violation run-as-non-root', 'policy/violation root-user'];
    expect([...told({ runAsUser: 0 }, [])].sort()).toEqual([...both].sort());
    expect(told({ runAsUser: 0 }, [waiver('root-user'), waiver('run-as-non-root')])).toEqual([]);
  });

  it('that the kubelet refuses is told whatever is waived', () => {
    const refused = told({ runAsUser: 0, runAsNonRoot: true }, [waiver('root-user')]);
    expect(refused).toEqual([
      'image/unfit Job shop/job container app: The kubelet refuses to start it: runAsNonRoot is true, and runAsUser is 0.',
    ]);
  });
});

describe('a hardened workload', () => {
  const workload = (images: ImageLock, image: unknown = IMAGE, outdir?: string): KeelsonApp => {
    const { app, chart } = appWith(images, outdir);
    const namespace = new HardenedNamespace(chart, 'shop');
    new HardenedDeployment(chart, 'api', { namespace, image: image as string });
    return app;
  };

  it('runs as its own user, whatever the image says', () => {
    for (const user of ['', 'nginx', '0'])
      expect(() =>
        enforceAtSynth(renderApp(workload(lockOf(user))), { now: NOW, images: lockOf(user) }),
      ).not.toThrow();
  });

  it('has to mount what the image says it writes to; nothing is written to disk otherwise', async () => {
    const outdir = join(temporaryFolder(), 'dist');
    const problems = await problemsOfAsync(() =>
      synthesize(workload(lockOf('', ['/data']), IMAGE, outdir), NOW),
    );
    expect(places(problems)).toEqual(['chart/api/Deployment/Resource [image/unfit]']);
    expect(problems[0]!.message).toContain('/data');
    expect(existsSync(outdir)).toBe(false);
    await synthesize(workload(lockOf('', []), IMAGE, outdir), NOW);
    expect(existsSync(outdir)).toBe(true);
  });

  it('is judged when it is registered with Pulumi, too', () => {
    const app = workload(lockOf('', ['/data']));
    const problems = problemsOf(() => new KubernetesApp('shop', { app }));
    expect(places(problems)).toEqual(['chart/api/Deployment/Resource [image/unfit]']);
  });

  it('whose image only Pulumi knows is not', () => {
    const images = lockOf('', ['/data']);
    const app = workload(images, pulumi.output(IMAGE));
    expect(() => enforceAtSynth(renderApp(app), { now: NOW, images })).not.toThrow();
  });
});

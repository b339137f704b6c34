import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { ApiObject, Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { HardenedNamespace, KeelsonApp, renderApp } from '../../../constructs';
import { canonicalJson } from '../../../constructs/render/digest';
import {
  chartYaml,
  DIGEST_FILE,
  REFERENCE_DEFAULTS,
  referenceStack,
  removeSynthesized,
  synthesize,
  type DigestList,
} from '../../../stacks';
import { appWithChart, appWithNamespace } from '../support/charts';
import { contentOf, temporaryFolder } from '../support/folders';
import { places, problemsOfAsync } from '../support/problems';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The reference stack, written into a new folder. */
async function written() {
  const folder = join(temporaryFolder(), 'dist');
  const rendered = await synthesize(referenceStack(REFERENCE_DEFAULTS, folder).app);
  return { folder, rendered, files: contentOf(folder) };
}

const badPod = (chart: Chart) =>
  new ApiObject(chart, 'bad', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bad' },
    spec: { hostPID: true, automountServiceAccountToken: false, containers: [] },
  });

it.each(['\r', '\u0085', '\u2028', '\u2029'])('writes no object that a chart has in its name (%j)', (end) => {
  const app = new KeelsonApp();
  const chart = new Chart(app, ['shop', '---', 'kind: Pod', '#'].join(end));
  new HardenedNamespace(chart, 'shop');
  const text = chartYaml(renderApp(app).charts[0]!);
  // Every character at which some reader of YAML ends a line.
  const lines = text.split(/[\r\n\u0085\u2028\u2029]/u);
  expect(lines.slice(0, 4).map((line) => line.slice(0, 3))).toEqual(['# C', '# S', '# S', '---']);
});

it('names on standard error what could not be validated, and writes it', async () => {
  const told = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    const folder = join(temporaryFolder(), 'dist');
    const app = new KeelsonApp({ outdir: folder });
    const metadata = { name: 't' };
    new ApiObject(new Chart(app, 'chart'), 'thing', { apiVersion: 'a.example/v1', kind: 'Thing', metadata });
    await synthesize(app);
    expect(told.mock.calls).toEqual([
      [
        'chart/thing: Thing t is not validated: no CustomResourceDefinition of a.example/v1 Thing is in the app or among its `definitions`.',
      ],
    ]);
    expect(Object.keys(contentOf(folder))).toContain('0000-chart.k8s.yaml');
  } finally {
    told.mockRestore();
  }
});

describe('what is written', () => {
  it('is one file for each chart in the order of dependency, and the digests', async () => {
    expect(Object.keys((await written()).files)).toEqual([
      '0000-platform.k8s.yaml',
      '0001-application.k8s.yaml',
      'digests.json',
      'reachability.json',
    ]);
  });

  it('is the same, byte for byte, on every run', async () => {
    expect((await written()).files).toEqual((await written()).files);
  });

  it('is the same after a run into the same folder', async () => {
    const { folder, files } = await written();
    await synthesize(referenceStack(REFERENCE_DEFAULTS, folder).app);
    expect(contentOf(folder)).toEqual(files);
  });

  it('is headed by the chart and the recommendations it serves', async () => {
    const { files } = await written();
    expect(files['0001-application.k8s.yaml']!.split('\n').slice(0, 4)).toEqual([
      '# Chart: application',
      '# Serves: POD-1, POD-2, POD-4, POD-5, POD-6, POD-7, NET-5, NET-6, AUTH-3',
      '# Source: NSA/CISA Kubernetes Hardening Guidance. Written by keelson; do not edit.',
      '---',
    ]);
  });

  it('says so where a chart serves no recommendation', async () => {
    const folder = join(temporaryFolder(), 'dist');
    const { app, chart } = appWithChart(folder);
    new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } });
    await synthesize(app);
    expect(contentOf(folder)['0000-chart.k8s.yaml']).toContain('# Serves: no recommendation\n');
  });

  it('holds the objects as they were rendered, each after what it depends on', async () => {
    const { files, rendered } = await written();
    const documents = Object.entries(files)
      .filter(([name]) => name.endsWith('.yaml'))
      .flatMap(([, text]) => parseAllDocuments(text).map((document) => document.toJS() as unknown));
    expect(documents).toEqual(
      rendered.charts.flatMap(({ objects }) => objects.map(({ manifest }) => manifest)),
    );
    for (const { objects } of rendered.charts) {
      for (const [index, object] of objects.entries()) {
        for (const before of object.dependsOn.filter((other) => objects.includes(other))) {
          expect(objects.indexOf(before)).toBeLessThan(index);
        }
      }
    }
  });

  it('starts each object with apiVersion, kind and metadata, and sorts the rest', async () => {
    const folder = join(temporaryFolder(), 'dist');
    const { app, chart } = appWithChart(folder);
    new ApiObject(chart, 'map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm' },
      immutable: true,
      data: { b: '2', a: '1' },
    });
    await synthesize(app);
    expect(contentOf(folder)['0000-chart.k8s.yaml']!.split('---\n')[1]).toBe(
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  a: '1'\n  b: '2'\nimmutable: true\n",
    );
  });

  it('holds no secret data', async () => {
    const { rendered } = await written();
    const secrets = rendered.objects.filter(({ manifest }) => manifest.kind === 'Secret');
    expect(secrets).toHaveLength(1);
    for (const { manifest } of secrets) {
      expect(manifest).not.toHaveProperty('data');
      expect(manifest).not.toHaveProperty('stringData');
    }
  });
});

describe('the digests', () => {
  it('are those of the files', async () => {
    const { files } = await written();
    const { [DIGEST_FILE]: list, ...yaml } = files;
    const digests = JSON.parse(list!) as DigestList;
    expect(digests.files).toEqual(
      Object.fromEntries(Object.entries(yaml).map(([name, text]) => [name, sha256(text)])),
    );
  });

  it('are those of the objects', async () => {
    const { files, rendered } = await written();
    const digests = JSON.parse(files[DIGEST_FILE]!) as DigestList;
    expect(Object.keys(digests.objects)).toHaveLength(rendered.objects.length);
    for (const { path, manifest } of rendered.objects) {
      expect(digests.objects[path]).toBe(sha256(canonicalJson(manifest)));
    }
  });

  it('are the same where only values differ that Pulumi knows', async () => {
    const digestsWith = async (web: pulumi.Output<string>) => {
      const folder = join(temporaryFolder(), 'dist');
      const images = { ...REFERENCE_DEFAULTS.images, web };
      await synthesize(referenceStack({ ...REFERENCE_DEFAULTS, images }, folder).app);
      return contentOf(folder);
    };
    const first = await digestsWith(pulumi.output('a'));
    expect(first).toEqual(await digestsWith(pulumi.output('b')));
    expect(first['0001-application.k8s.yaml']).toContain(
      'image: ${output:spec.template.spec.containers.0.image}',
    );
  });
});

describe('a run that is refused changes nothing', () => {
  const REFUSED: readonly [string, string, (chart: Chart) => void][] = [
    ['an object that breaks a policy', 'policy/violation', (chart) => badPod(chart)],
    [
      'a secret Output',
      'output/secret',
      (chart) =>
        new ApiObject(chart, 'map', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'm' },
          data: { password: pulumi.secret('hunter2') },
        }),
    ],
    [
      'a misplaced Output',
      'output/computed',
      (chart) =>
        new ApiObject(chart, 'map', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: pulumi.output('m') as unknown as string },
        }),
    ],
  ];

  it.each(REFUSED)('%s', async (_what, code, spoil) => {
    const { folder, files } = await written();
    const { app, chart } = appWithChart(folder);
    spoil(chart);
    const problems = await problemsOfAsync(() => synthesize(app));
    expect(new Set(problems.map((problem) => problem.code))).toEqual(new Set([code]));
    expect(JSON.stringify(problems)).not.toContain('hunter2');
    expect(contentOf(folder)).toEqual(files);
    expect(readdirSync(dirname(folder))).toEqual(['dist']);
  });

  it('makes no folder either', async () => {
    const parent = temporaryFolder();
    const { app, chart } = appWithChart(join(parent, 'dist'));
    badPod(chart);
    await problemsOfAsync(() => synthesize(app));
    expect(contentOf(parent)).toEqual({});
  });

  it('names construct path and property of a secret Output', async () => {
    const { app, chart } = appWithChart(join(temporaryFolder(), 'dist'));
    const data = { plain: pulumi.output('x'), password: pulumi.secret('hunter2') };
    new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data });
    expect(await problemsOfAsync(() => synthesize(app))).toMatchObject([
      { where: 'chart/map.data.password' },
    ]);
  });
});

describe('the folder', () => {
  it('with a file that synth did not write is refused and left alone', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, '0000-old.yaml'), 'old');
    expect(await problemsOfAsync(() => synthesize(appWithNamespace(folder).app))).toMatchObject([
      { code: 'cli/state', where: folder, message: expect.stringContaining('notes.txt') as string },
    ]);
    expect(contentOf(folder)).toEqual({ 'notes.txt': 'mine', '0000-old.yaml': 'old' });
  });

  it('keeps nothing of an earlier run', async () => {
    const { folder } = await written();
    await synthesize(appWithNamespace(folder).app);
    expect(Object.keys(contentOf(folder))).toEqual([
      '0000-chart.k8s.yaml',
      'digests.json',
      'reachability.json',
    ]);
  });

  it('is made with the folders above it', async () => {
    const folder = join(temporaryFolder(), 'a/b/dist');
    await synthesize(appWithNamespace(folder).app);
    expect(Object.keys(contentOf(folder))).toContain(DIGEST_FILE);
  });

  it('that is a file, or below one, is refused', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'mine');
    expect(await problemsOfAsync(() => synthesize(appWithNamespace(join(file, 'dist')).app))).toMatchObject([
      { code: 'cli/state', message: expect.stringContaining('cannot be written') as string },
    ]);
  });
});

describe('what is not ours in the output folder', () => {
  const app = (outdir: string): KeelsonApp => {
    const made = new KeelsonApp({ outdir });
    new ApiObject(new Chart(made, 'chart'), 'map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x' },
    });
    return made;
  };

  it('keeps synth from replacing it, a hand-written YAML file too', async () => {
    const outdir = temporaryFolder();
    writeFileSync(join(outdir, 'mine.yaml'), 'mine: true');
    expect(places(await problemsOfAsync(() => synthesize(app(outdir))))).toEqual([`${outdir} [cli/state]`]);
    expect(readdirSync(outdir)).toEqual(['mine.yaml']);
  });

  it('keeps a file from being taken for the folder', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'mine');
    expect(places(await problemsOfAsync(() => synthesize(app(file))))).toEqual([`${file} [cli/state]`]);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('stays when the rest is removed', async () => {
    const outdir = join(temporaryFolder(), 'dist');
    await synthesize(app(outdir));
    writeFileSync(join(outdir, 'notes.txt'), 'mine');
    removeSynthesized(outdir);
    expect(readdirSync(outdir)).toEqual(['notes.txt']);
  });

  it('and where there is nothing else the folder goes, too', async () => {
    const outdir = join(temporaryFolder(), 'dist');
    await synthesize(app(outdir));
    removeSynthesized(outdir);
    expect(existsSync(outdir)).toBe(false);
  });
});

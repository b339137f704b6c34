import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { threeTierBare } from '../../../examples/three-tier/cdk8s-plus';
import { threeTier } from '../../../examples/three-tier/keelson';
import { renderApp, type Manifest } from '../../../constructs';
import { canonicalJson } from '../../../constructs/render/digest';
import { checkObjects } from '../../../policies';

/** What differs by convention only: what workloads are labelled with, and what says who supplies a Secret. */
function conventional(text: string): string {
  return text
    .replaceAll('keelson.dev/workload', 'app')
    .replaceAll(/"cdk8s\.io\/metadata\.addr":"[^"]*"/g, '"cdk8s.io/metadata.addr":"…"')
    .replaceAll(/"annotations":\{"keelson\.dev\/provided-keys":"[^"]*"\},/g, '');
}

const WITH_KEELSON = renderApp(threeTier()).objects.map(({ manifest }) => manifest);

/** As stock cdk8s renders it. */
const WITH_CDK8S_PLUS = Testing.synth(Chart.of(threeTierBare().node.findChild('shop'))) as Manifest[];

/** All objects by what they are, as JSON. */
function objectsOf(manifests: readonly Manifest[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    manifests.map((manifest) => [
      `${manifest.kind} ${manifest.metadata.namespace ?? ''}/${manifest.metadata.name}`,
      JSON.parse(conventional(canonicalJson(manifest))) as unknown,
    ]),
  );
}

it('with keelson and with cdk8s-plus alone are the same objects', () => {
  expect(WITH_CDK8S_PLUS.length).toBeGreaterThan(20);
  expect(objectsOf(WITH_KEELSON)).toEqual(objectsOf(WITH_CDK8S_PLUS));
});

it.each([
  ['keelson', WITH_KEELSON],
  ['cdk8s-plus', WITH_CDK8S_PLUS],
])('with %s break no control', (_which, manifests) => {
  expect(checkObjects(manifests.map((manifest) => ({ manifest, source: 'example' })))).toEqual([]);
});

/** Lines that are neither empty nor a comment. */
function linesOf(file: string): number {
  const text = readFileSync(join(__dirname, '../../../examples/three-tier', file), 'utf8');
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line)).length;
}

it('with keelson take less than a quarter of the lines', () => {
  const lines = { keelson: linesOf('keelson.ts'), bare: linesOf('cdk8s-plus.ts') };
  expect(lines.keelson * 4).toBeLessThan(lines.bare);
});

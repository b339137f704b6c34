import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Slow to load, and not needed to judge a file. */
const HEAVY = ['@bufbuild/cel', '@bufbuild/protobuf', '@pulumi', 'cdk8s', 'constructs', 'tar', 'zod'];

const POD = `apiVersion: v1
kind: Pod
metadata: { name: p, namespace: shop }
spec: { containers: [{ name: c, image: registry.example/c:1 }] }
`;

it('a check of a file loads only what it needs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-'));
  try {
    const file = join(folder, 'pod.yaml');
    writeFileSync(file, POD);
    // The program as it runs, in a process of its own: jest has its own idea of what is loaded.
    const script = `
      require('./cli/check').check([${JSON.stringify(file)}], { format: 'json', failOn: 'low', profile: 'all',
        kubernetesVersion: '1.37' }).then((code) => console.error(JSON.stringify([code, ...Object.keys(require.cache)])));`;
    const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--eval', script], {
      encoding: 'utf8',
    });
    const [code, ...files] = JSON.parse(stderr) as [number, ...string[]];
    expect(code).toBe(1);
    const loaded = HEAVY.filter((name) => files.some((path) => path.includes(`/node_modules/${name}/`)));
    expect({ loaded }).toEqual({ loaded: [] });
    expect(files.some((path) => path.includes('/node_modules/js-yaml/'))).toBe(true);
    // Nor the schemas of all kinds, which only synth checks by.
    expect(files.filter((path) => /[/](schemas|policies[/]schema)[/]/.test(path))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

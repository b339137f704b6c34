import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMachines } from '../../../cli/approver/machines';
import type { KeelsonError } from '../../../model';
import type { NodeFile } from '../../../constructs/node/file-tree';
import { cluster } from '../cluster/sample';
import { temporaryFolder } from '../support/folders';

function written(text: string): string {
  const file = join(temporaryFolder(), 'machines');
  writeFileSync(file, text);
  return file;
}

test('what a cluster writes for the approver is read as it was meant: every node, and no machine of etcd', () => {
  const etcd = ['31', '32', '33'].map((last) => ({ name: `etcd-${last}`, address: `192.0.2.${last}` }));
  const prod = cluster({ etcd });
  const file = prod
    .machineFiles(prod.machines[0]!)
    .find(({ path }) => path.endsWith('/machines.json')) as NodeFile;
  expect(readMachines(written(file.content as string))).toEqual([
    { name: 'cp-1', addresses: ['192.0.2.11'] },
    { name: 'cp-2', addresses: ['192.0.2.12'] },
    { name: 'cp-3', addresses: ['192.0.2.13'] },
    { name: 'worker-1', addresses: ['192.0.2.21'] },
  ]);
});

test.each([
  ['nothing', ''],
  ['no list', 'name: a'],
  ['an empty list', '[]'],
  ['a machine without addresses', '[{ name: a, addresses: [] }]'],
  ['a wildcard', '[{ name: a, addresses: ["*.example"] }]'],
  ['another field', '[{ name: a, addresses: [192.0.2.1], groups: [system:masters] }]'],
  ['a name twice', '[{ name: a, addresses: [192.0.2.1] }, { name: a, addresses: [192.0.2.2] }]'],
  ['no YAML', '{'],
])('%s is refused', (_, text) => {
  expect(() => readMachines(written(text))).toThrow(/config\/invalid/);
});

test('all that is wrong is told at once, each with its place', () => {
  try {
    readMachines(written('[{ name: A, addresses: [x y] }, { name: b }]'));
    throw new Error('it was taken');
  } catch (error) {
    expect((error as KeelsonError).problems).toHaveLength(3);
  }
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CIS_BENCHMARK,
  ControlPlane,
  SecretReference,
  STANDARD_PORTS,
} from '../../../constructs/control-plane';

const page = readFileSync(join(__dirname, '../../../docs/control-plane.md'), 'utf8');

/** The control plane of the page: the layout of a node. */
const { components } = new ControlPlane({
  encryption: { keys: [{ name: 'key', secret: new SecretReference('encryption/key') }] },
  layout: {
    host: '127.0.0.1',
    ports: STANDARD_PORTS,
    certificates: '/pki',
    configuration: '/config',
    kubeconfigs: '/kubeconfig',
    etcdData: '/etcd',
    logs: '/log',
  },
});

/** The table of a component's settings that have a reason. */
function table(name: string): readonly string[][] {
  const settings = components.find((component) => component.name === name)?.settings ?? [];
  return settings
    .filter(({ recommendation, cis }) => recommendation ?? cis)
    .map(({ name: flag, value, recommendation = '', cis = [] }) => [
      `\`${flag}\``,
      `\`${value}\``,
      recommendation,
      cis.join(', '),
    ]);
}

/** The rows of the table below a heading, without the padding of its columns. */
function rowsBelow(heading: string): readonly string[][] {
  const section = page.split(`### ${heading}\n`)[1]?.split(/^#/m)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test.each(components.map(({ name }) => name))(
  'the page tells every setting of %s that has a reason',
  (name) => {
    expect(rowsBelow(name)).toEqual(table(name));
  },
);

test('the page names the edition of the benchmark', () => {
  expect(page).toContain(`CIS Kubernetes Benchmark ${CIS_BENCHMARK}`);
});

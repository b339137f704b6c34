import {
  consoleProgress,
  formatProgress,
  formatTools,
  searchPath,
  type ProgressEvent,
} from '../../../toolchain';

const building: ProgressEvent = {
  tool: 'kube-apiserver',
  step: 'build',
  position: 2,
  count: 7,
  seconds: 41.6,
  message: 'about 270 s when cold',
};

function written(isTTY: boolean, events: readonly ProgressEvent[]): string[] {
  const lines: string[] = [];
  const listener = consoleProgress({ isTTY, columns: 60, write: (text: string) => lines.push(text) });
  for (const event of events) listener(event);
  return lines;
}

test('a line says what, how far and how long', () => {
  expect(formatProgress(building)).toBe('kube-apiserver: building (2 of 7) · 42 s · about 270 s when cold');
});

test('where lines cannot be updated, a step is told once and then every minute', () => {
  const seconds = Array.from({ length: 130 }, (_, second) => ({ ...building, seconds: second }));
  const lines = written(false, [...seconds, { ...building, step: 'done', seconds: 130, message: '' }]);
  expect(lines).toHaveLength(4);
  expect(lines.at(-1)).toBe('kube-apiserver: ready (2 of 7) · 130 s\n');
  expect(lines.join('')).not.toContain('\u001b');
});

test('on a terminal the line is updated, no wider than the terminal, and kept when the step ends', () => {
  const wide = { ...building, message: 'x'.repeat(200) };
  const [update, done] = written(true, [wide, { ...building, step: 'done', message: '' }]);
  expect(update).toMatch(/^\r\u001b\[K/);
  expect(update!.length).toBeLessThanOrEqual(60 + '\r\u001b[K'.length);
  expect(update).not.toContain('\n');
  expect(done!.endsWith('\n')).toBe(true);
});

test('the table of tools tells where each is, and why other places were passed over', () => {
  const text = formatTools([
    {
      name: 'etcd',
      pinned: '3.7.3',
      origin: 'cache',
      ready: true,
      path: '/c/etcd',
      version: '3.7.3',
      detail: 'in the cache, built with Go 1.26.8',
      passedOver: ['not on the PATH'],
    },
    {
      name: 'kubectl',
      pinned: '1.37.2',
      origin: 'missing',
      ready: false,
      detail: 'Install Go.',
      passedOver: [],
    },
  ]);
  expect(text.split('\n')).toEqual([
    'etcd     3.7.3   cache    /c/etcd',
    '  in the cache, built with Go 1.26.8',
    '  passed over: not on the PATH',
    'kubectl  1.37.2  missing  Install Go.',
  ]);
});

test('the search path puts the tools first, each folder once', () => {
  const tool = { name: 'pulumi', version: '3.0.0', origin: 'cache', detail: '' } as const;
  expect(
    searchPath(
      [
        { ...tool, path: '/a/pulumi' },
        { ...tool, path: '/a/other' },
      ],
      '/b::/a',
    ),
  ).toBe('/a:/b');
});

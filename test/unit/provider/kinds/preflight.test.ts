import { judge } from '../../../../provider/kinds/preflight';

const NOW = 1_800_000_000;
const GOOD = {
  ...{ arch: 'x86_64', init: 'systemd', id: 'a', addresses: '127.0.0.1 10.0.0.5 ::1' },
  ...{ memory: '4000', swap: '0', disk: '9000', clock: String(NOW + 3), from: '10.0.0.1' },
};

function judged(
  facts: Readonly<Record<string, string>>,
  role: 'control-plane' | 'worker' = 'worker',
): readonly string[] {
  return judge('node-1', { address: '10.0.0.5', role }, ['10.0.0.0/28'], { ...GOOD, ...facts }, NOW).map(
    ({ code, where, message, fix }) => {
      expect(`${where} [${code}]`).toBe('node-1 [node/unfit]');
      expect(fix).toMatch(/\.$/);
      return message;
    },
  );
}

test('a good machine is taken', () => {
  expect(judged({})).toEqual([]);
  expect(judged({}, 'control-plane')).toEqual([]);
  expect(judged({ from: '' })).toEqual([]);
});

test.each([
  [{ arch: 'riscv64' }, 'Its architecture is riscv64.'],
  [{ init: 'init' }, 'Its first process is init, not systemd.'],
  [{ addresses: '10.0.0.51' }, 'It has no address 10.0.0.5; it has 10.0.0.51.'],
  [{ memory: '699' }, 'It has 699 MiB of memory.'],
  [{ disk: '4095' }, 'Below /var there are 4095 MiB free.'],
  [{ swap: '1' }, 'It swaps: secrets in memory would reach its disk.'],
  [{ clock: String(NOW - 121) }, 'Its clock is -121 s away from the one here.'],
  [{ clock: String(NOW + 121) }, 'Its clock is 121 s away from the one here.'],
  [{ from: '10.0.0.16' }, 'It is reached from 10.0.0.16, which the firewall would shut out.'],
  [{ 'missing-nft': '1', 'missing-ip': '1' }, 'Programs are missing: nft, ip.'],
  [{ foreign: '1' }, 'It is a node of another cluster.'],
] as [Record<string, string>, string][])('refused: %j', (facts, message) => {
  expect(judged(facts)).toEqual([message]);
});

test('a control plane needs more memory than a worker', () => {
  expect(judged({ memory: '1699' })).toEqual([]);
  expect(judged({ memory: '1699' }, 'control-plane')).toEqual(['It has 1699 MiB of memory.']);
});

test('what a machine does not say is not taken for good, and all reasons come at once', () => {
  expect(judge('node-1', { address: '10.0.0.5', role: 'worker' }, [], {}, NOW)).toHaveLength(6);
});

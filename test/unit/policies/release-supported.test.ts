import { ApiObject, Chart } from 'cdk8s';
import { KeelsonApp, renderApp } from '../../../constructs';
import type { KeelsonError, Waiver } from '../../../model';
import { enforceAtSynth } from '../../../policies';
import { judgeReleases } from '../../../policies/release-supported';

const use = (minor: string, source = 'app') => ({ minor, source });

function verdict(now: string, waivers: readonly Waiver[] = []) {
  const app = new KeelsonApp({ posture: { kubernetes: '1.35' } });
  new ApiObject(new Chart(app, 'chart'), 'map', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'shop' },
    data: { a: 'b' },
  });
  return enforceAtSynth(renderApp(app), { now: new Date(`${now}T12:00:00Z`), waivers });
}

test('a release past its end fails synth, names the day, and what uses it first', () => {
  expect(() => verdict('2027-03-01')).toThrow(
    /1\.35 breaks release-supported: Kubernetes 1\.35 gets no fixes since 2027-02-28/,
  );
  try {
    verdict('2027-03-01');
  } catch (error) {
    expect((error as KeelsonError).problems.map(({ where }) => where)).toEqual(['chart/map']);
  }
});

test('near its end it is warned of, and before that nothing is said', () => {
  expect(verdict('2027-02-28').warnings).toEqual([
    expect.stringContaining('1.35 gets no fixes after 2027-02-28'),
  ]);
  expect(verdict('2026-11-26').warnings).toEqual([]);
});

test('a waiver lets it pass until its last day', () => {
  const waiver: Waiver = {
    control: 'release-supported',
    kind: 'KubernetesRelease',
    namespace: '',
    name: '1.35',
    owner: 'platform team',
    reason: 'the vendor of the storage driver has no newer one yet',
    expires: '2027-03-31',
  };
  expect(verdict('2027-03-31', [waiver]).warnings).toEqual([]);
  expect(() => verdict('2027-04-01', [waiver])).toThrow('release-supported');
});

test('each release is told once, and one that is not in the table is refused', () => {
  const { findings } = judgeReleases(
    [use('1.34', 'first'), use('1.34', 'second'), use('1.99', 'third')],
    new Date('2026-11-26T00:00:00Z'),
  );
  expect(findings.map(({ source, resource }) => [source, resource.name])).toEqual([
    ['first', '1.34'],
    ['third', '1.99'],
  ]);
});

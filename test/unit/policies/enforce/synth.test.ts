import type { App } from 'cdk8s';
import { ApiObject, Chart, Testing } from 'cdk8s';
import { HardenedDeployment, HardenedNamespace, renderApp } from '../../../../constructs';
import type { KeelsonError, Waiver } from '../../../../model';
import { addPolicyValidation, enforceAtSynth, parseWaivers } from '../../../../policies';
import { appWithChart, IMAGE } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const NOW = new Date('2026-06-15T12:00:00Z');

const privileged = (chart: Chart, id: string) =>
  new ApiObject(chart, id, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: id, ownerReferences: [{ kind: 'ReplicaSet' }] } as object,
    spec: { automountServiceAccountToken: false, hostNetwork: true, hostPID: true, containers: [] },
  });

describe('enforceAtSynth', () => {
  it('refuses an app with every object that breaks a control', () => {
    const { app, chart } = appWithChart();
    privileged(chart, 'first');
    privileged(chart, 'second');
    expect([...new Set(places(problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW }))))]).toEqual([
      'chart/first [policy/violation]',
      'chart/second [policy/violation]',
    ]);
  });
});

describe('addPolicyValidation', () => {
  const stockApp = (): { app: App; chart: Chart } => {
    const app = Testing.app();
    return { app, chart: new Chart(app, 'chart') };
  };

  it('makes app.synth() of stock cdk8s fail with the construct path', () => {
    const { app, chart } = stockApp();
    privileged(chart, 'pod');
    addPolicyValidation(app, { now: NOW });
    expect(() => app.synth()).toThrow(/chart\/pod: Pod pod breaks host-namespaces: .* Leave out hostNetwork/);
  });

  it('is needed for that', () => {
    const { app, chart } = stockApp();
    privileged(chart, 'pod');
    expect(() => app.synth()).not.toThrow();
  });

  it('checks what stands below the construct only', () => {
    const { app, chart } = stockApp();
    const checked = new Chart(app, 'checked');
    privileged(chart, 'pod');
    addPolicyValidation(checked, { now: NOW });
    expect(() => app.synth()).not.toThrow();
  });

  it('sees what is added after it', () => {
    const { app, chart } = stockApp();
    addPolicyValidation(app, { now: NOW });
    privileged(chart, 'late');
    expect(() => app.synth()).toThrow('chart/late');
  });

  it('lets hardened workloads pass', () => {
    const { app, chart } = stockApp();
    const namespace = new HardenedNamespace(chart, 'shop');
    new HardenedDeployment(chart, 'api', { namespace, image: IMAGE });
    addPolicyValidation(app, { now: NOW });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('waivers', () => {
  const waiver = {
    control: 'host-namespaces',
    kind: 'Pod',
    namespace: '',
    name: 'first',
    owner: 'platform team',
    reason: 'captures the traffic of its node',
    expires: '2026-06-15',
  };
  const app = () => {
    const made = appWithChart();
    privileged(made.chart, 'first');
    return renderApp(made.app);
  };
  const told = (waivers: readonly Waiver[], now = NOW): readonly string[] => {
    try {
      enforceAtSynth(app(), { waivers, now });
      return [];
    } catch (error) {
      return (error as KeelsonError).problems.map(({ message }) => message);
    }
  };

  it('let pass what they name', () => {
    expect(told([waiver])).toEqual([]);
  });

  it('let nothing else pass', () => {
    expect(told([]).join()).toContain('breaks host-namespaces');
    expect(told([{ ...waiver, name: 'second' }]).join()).toContain('breaks host-namespaces');
    expect(told([{ ...waiver, container: 'other' }]).join()).toContain('breaks host-namespaces');
    expect(told([{ ...waiver, control: 'privileged' }]).join()).toContain('breaks host-namespaces');
  });

  it('end with their last day, in UTC', () => {
    expect(told([waiver], new Date('2026-06-15T23:59:59.999Z'))).toEqual([]);
    const after = told([waiver], new Date('2026-06-16T00:00:00Z')).join();
    expect(after).toContain('It ended with 2026-06-15.');
    expect(after).toContain('breaks host-namespaces');
  });

  it.each<[string, Partial<Waiver>, string]>([
    ['without an owner', { owner: ' ' }, 'Nobody owns it.'],
    ['without a reason', { reason: 'because' }, 'It gives no reason.'],
    ['without a real day', { expires: '2026-02-30' }, '"2026-02-30" is no day.'],
    ['for a control that there is not', { control: 'no-such' }, 'There is no such control.'],
    ['for nothing', { name: 'nobody' }, 'Nothing breaks the control there.'],
  ])('%s are refused', (_what, change, message) => {
    expect(told([{ ...waiver, ...change }])).toContain(message);
  });

  it('are refused when they are said twice', () => {
    expect(told([waiver, waiver])).toContain('It repeats waivers[0].');
  });
});

describe('parseWaivers', () => {
  it('takes a list, alone or under its name', () => {
    const list = [{ control: 'c', kind: 'Pod', name: 'n', owner: 'o', reason: 'r', expires: '2026-01-01' }];
    const parsed = [{ ...list[0], namespace: '' }];
    expect(parseWaivers(list, 'f')).toEqual(parsed);
    expect(parseWaivers({ waivers: list }, 'f')).toEqual(parsed);
    expect(parseWaivers(null, 'f')).toEqual([]);
  });

  it('names every entry and field that is wrong', () => {
    const list = [{ control: 'c', until: 'never' }];
    const found = places(problemsOf(() => parseWaivers(list, 'waivers.yaml')));
    expect(found.join('\n')).toContain('waivers.yaml: waivers[0].kind');
    expect(found.length).toBeGreaterThanOrEqual(5);
  });
});

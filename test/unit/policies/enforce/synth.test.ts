import type { App } from 'cdk8s';
import { ApiObject, Chart, Testing } from 'cdk8s';
import { HardenedDeployment, HardenedNamespace, renderApp } from '../../../../constructs';
import { addPolicyValidation, enforceAtSynth } from '../../../../policies';
import { appWithChart, IMAGE } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const NOW = new Date('2026-06-15T12:00:00Z');

const privileged = (chart: Chart, id: string) =>
  new ApiObject(chart, id, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: id },
    spec: { hostNetwork: true, hostPID: true, containers: [] },
  });

describe('enforceAtSynth', () => {
  it('refuses an app with every object that breaks a control', () => {
    const { app, chart } = appWithChart();
    privileged(chart, 'first');
    privileged(chart, 'second');
    expect(places(problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW })))).toEqual([
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

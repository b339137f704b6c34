import { Chart } from 'cdk8s';
import {
  addWaiver,
  HardenedDeployment,
  HardenedNamespace,
  KeelsonApp,
  Posture,
  renderApp,
  waiversBelow,
} from '../../../../constructs';
import type { KeelsonError } from '../../../../model';
import { enforceAtSynth } from '../../../../policies';
import { IMAGE } from '../../support/charts';

const NOW = new Date('2026-11-25T12:00:00Z');
const WAIVER = {
  control: 'read-only-root',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'api',
  container: 'late',
  owner: 'shop team',
  reason: 'writes beside its program',
  expires: '2026-12-31',
};

/** Two charts, in the first of which one container writes to its root. */
function shop() {
  const app = new KeelsonApp();
  const [own, other] = [new Chart(app, 'own'), new Chart(app, 'other')];
  Posture.tighten(other, { longestWaiver: 10 });
  const namespace = new HardenedNamespace(own, 'shop');
  const api = new HardenedDeployment(own, 'api', { namespace, image: IMAGE });
  const securityContext = { readOnlyRootFilesystem: false };
  api.deployment.addContainer({ name: 'late', image: IMAGE, securityContext });
  return { app, own, other, api };
}

function told(app: KeelsonApp): readonly string[] {
  try {
    enforceAtSynth(renderApp(app), { now: NOW });
    return [];
  } catch (error) {
    return (error as KeelsonError).problems.map(({ message }) => message);
  }
}

it('a waiver of a scope counts for what is below it', () => {
  const { app, own, api } = shop();
  expect(told(app).join()).toContain('breaks read-only-root');
  addWaiver(own, WAIVER);
  expect(told(app)).toEqual([]);
  expect(waiversBelow(app)).toEqual([{ waiver: WAIVER, scope: own }]);
  expect(waiversBelow(api)).toEqual([]);
});

it('and does not reach out of it, nor last longer than its posture allows', () => {
  const { app, other } = shop();
  addWaiver(other, WAIVER);
  expect(told(app)).toEqual([
    'It lasts 36 days from now, and at most 10 are allowed.',
    'It was given in other, and own/api/Deployment/Resource is not in there.',
  ]);
});

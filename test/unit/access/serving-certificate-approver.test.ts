import { Chart } from 'cdk8s';
import { KeelsonApp, renderApp, ServingCertificateApprover } from '../../../constructs';
import type { Waiver } from '../../../model';
import { enforceAtSynth } from '../../../policies';

const WAIVER: Waiver = {
  control: 'certificate-approval',
  kind: 'ClusterRole',
  namespace: '',
  name: 'keelson-serving-certificate-approver',
  owner: 'platform team',
  reason: 'kubelets ask for their serving certificates, and somebody has to judge them',
  expires: '2027-06-30',
};

function app(waivers: readonly Waiver[] = []): KeelsonApp {
  const made = new KeelsonApp({ waivers, today: '2026-11-26' });
  new ServingCertificateApprover(new Chart(made, 'approver'), 'approver');
  return made;
}
const judge = (made: KeelsonApp) =>
  enforceAtSynth(renderApp(made), { now: new Date('2026-11-26T00:00:00Z') });

test('its account may decide on what kubelets serve with, and on nothing else', () => {
  const manifests = renderApp(app()).objects.map(({ manifest }) => manifest);
  expect(manifests.map(({ kind }) => kind).sort()).toEqual([
    'ClusterRole',
    'ClusterRoleBinding',
    'ServiceAccount',
  ]);
  expect(manifests.find(({ kind }) => kind === 'ClusterRole')!['rules']).toEqual([
    {
      apiGroups: ['certificates.k8s.io'],
      resources: ['certificatesigningrequests'],
      verbs: ['get', 'list', 'watch'],
    },
    {
      apiGroups: ['certificates.k8s.io'],
      resources: ['certificatesigningrequests/approval'],
      verbs: ['update'],
    },
    {
      apiGroups: ['certificates.k8s.io'],
      resources: ['signers'],
      resourceNames: ['kubernetes.io/kubelet-serving'],
      verbs: ['approve'],
    },
    { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  ]);
});

test('who approves certificates answers for it: without a waiver synth refuses the role, with one it passes', () => {
  expect(() => judge(app())).toThrow('breaks certificate-approval');
  expect(() => judge(app([WAIVER]))).not.toThrow();
});

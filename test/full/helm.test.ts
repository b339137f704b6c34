/** `harden` over a chart that the real Helm renders, through the construct of cdk8s. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Helm } from 'cdk8s';
import { KeelsonApp, renderApp, type Manifest } from '../../constructs';
import { harden } from '../../policies';
import { helm } from '../tools/helm/helm';

const folder = mkdtempSync(join(tmpdir(), 'keelson-helm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'values.yaml': 'replicas: 1\n',
  'templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec:
      containers:
        - name: app
          image: registry.example/app:{{ .Chart.Version }}
`,
};

test('a chart is hardened, and what it leaves open is left to a person', () => {
  const chartFolder = join(folder, 'shop');
  mkdirSync(join(chartFolder, 'templates'), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(chartFolder, name), text);

  const app = new KeelsonApp();
  const chart = new Chart(app, 'theirs');
  new Helm(chart, 'shop', {
    chart: chartFolder,
    releaseName: 'shop',
    namespace: 'shop',
    values: { replicas: 3 },
    helmExecutable: helm(),
  });
  const hardening = harden(chart);
  const [deployment] = renderApp(app).objects.map(({ manifest }) => manifest) as [Manifest];
  expect(deployment.spec).toMatchObject({
    replicas: 3,
    template: {
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            image: 'registry.example/app:1.0.0',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  });
  const decisions = hardening.decisions().map(({ control }) => control);
  for (const control of ['image-digest', 'read-only-root', 'memory-limit'])
    expect(decisions).toContain(control);
  expect(hardening.text()).toContain('seccomp-profile');
}, 900_000);

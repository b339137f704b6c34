/** The application of `keelson.ts`, made as safe with cdk8s-plus alone: what a team writes that knows all of it by heart. */
import { ApiObject, App, Chart, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { IMAGES } from './images';

const NAMESPACE = 'shop';
const USER = 10001;

const quantities = (texts: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, kplus.k8s.Quantity.fromString(text)]),
  );

function addNamespace(chart: Chart): void {
  const labels: Record<string, string> = {};
  for (const mode of ['enforce', 'warn', 'audit']) {
    labels[`pod-security.kubernetes.io/${mode}`] = 'restricted';
    labels[`pod-security.kubernetes.io/${mode}-version`] = 'v1.37';
  }
  new kplus.k8s.KubeNamespace(chart, 'namespace', { metadata: { name: NAMESPACE, labels } });
  new kplus.k8s.KubeNetworkPolicy(chart, 'default-deny', {
    metadata: { name: 'default-deny', namespace: NAMESPACE },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  new kplus.k8s.KubeNetworkPolicy(chart, 'dns', {
    metadata: { name: 'allow-dns', namespace: NAMESPACE },
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { port: kplus.k8s.IntOrString.fromNumber(53), protocol: 'UDP' },
            { port: kplus.k8s.IntOrString.fromNumber(53), protocol: 'TCP' },
          ],
        },
      ],
    },
  });
  new kplus.k8s.KubeResourceQuota(chart, 'quota', {
    metadata: { name: 'limits', namespace: NAMESPACE },
    spec: {
      hard: quantities({
        pods: '50',
        'requests.cpu': '10',
        'requests.memory': '20Gi',
        'limits.memory': '20Gi',
        'limits.ephemeral-storage': '100Gi',
        'requests.storage': '100Gi',
        'services.nodeports': '0',
      }),
    },
  });
  new kplus.k8s.KubeLimitRange(chart, 'limits', {
    metadata: { name: 'limits', namespace: NAMESPACE },
    spec: {
      limits: [
        {
          type: 'Container',
          defaultRequest: quantities({ cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' }),
          default: quantities({ memory: '128Mi', 'ephemeral-storage': '1Gi' }),
        },
      ],
    },
  });
}

interface Tier {
  readonly image: string;
  readonly port: number;
  readonly replicas: number;
  readonly memory?: Size;
  readonly env?: Record<string, string>;
  readonly writable?: Record<string, Size>;
  readonly secret?: kplus.ISecret;
}

function addTier(chart: Chart, name: string, tier: Tier): void {
  const metadata = { name, namespace: NAMESPACE };
  const memory = `${(tier.memory ?? Size.mebibytes(128)).toMebibytes()}Mi`;
  const deployment = new kplus.Deployment(chart, name, {
    metadata,
    podMetadata: { labels: { app: name } },
    replicas: tier.replicas,
    strategy: kplus.DeploymentStrategy.rollingUpdate({
      maxSurge: kplus.PercentOrAbsolute.absolute(1),
      maxUnavailable: kplus.PercentOrAbsolute.absolute(0),
    }),
    serviceAccount: new kplus.ServiceAccount(chart, `${name}-account`, { metadata, automountToken: false }),
    automountServiceAccountToken: false,
    securityContext: { user: USER, group: USER, fsGroup: USER, ensureNonRoot: true },
    containers: [
      {
        name,
        image: tier.image,
        envVariables: Object.fromEntries(
          Object.entries(tier.env ?? {}).map(([key, value]) => [key, kplus.EnvValue.fromValue(value)]),
        ),
        ports: [{ number: tier.port, protocol: kplus.Protocol.TCP }],
        readiness: kplus.Probe.fromTcpSocket({ port: tier.port }),
        securityContext: { user: USER, group: USER },
      },
    ],
  });
  if (tier.secret !== undefined) {
    const volume = kplus.Volume.fromSecret(chart, `${name}-secret`, tier.secret, {
      name: 'secret-credentials',
      defaultMode: 0o440,
    });
    deployment.containers[0]!.mount('/run/secrets/database', volume, { readOnly: true });
  }
  Object.entries(tier.writable ?? {}).forEach(([path, sizeLimit], index) => {
    const volume = kplus.Volume.fromEmptyDir(chart, `${name}-${index}`, `writable-${index}`, { sizeLimit });
    deployment.containers[0]!.mount(path, volume);
  });
  const pod = '/spec/template/spec';
  ApiObject.of(deployment).addJsonPatch(
    JsonPatch.add(`${pod}/enableServiceLinks`, false),
    JsonPatch.add(`${pod}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
    JsonPatch.add(`${pod}/containers/0/securityContext/capabilities`, { drop: ['ALL'] }),
    // cdk8s-plus knows whole gibibytes of disk only, and drops a patch with amounts that are texts without a word.
    JsonPatch.replace(`${pod}/containers/0/resources`, {
      requests: quantities({ cpu: '100m', memory, 'ephemeral-storage': '64Mi' }),
      limits: quantities({ cpu: '400m', memory, 'ephemeral-storage': '1Gi' }),
    }),
  );
  if (tier.replicas > 1) addAvailability(chart, name, deployment);
  new kplus.Service(chart, `${name}-service`, {
    metadata,
    selector: deployment,
    ports: [{ port: tier.port, targetPort: tier.port, protocol: kplus.Protocol.TCP }],
  });
}

function addAvailability(chart: Chart, name: string, deployment: kplus.Deployment): void {
  const selector = { matchLabels: { app: name } };
  ApiObject.of(deployment).addJsonPatch(
    JsonPatch.add(
      '/spec/template/spec/topologySpreadConstraints',
      ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: selector,
        matchLabelKeys: ['pod-template-hash'],
      })),
    ),
  );
  new kplus.k8s.KubePodDisruptionBudget(chart, `${name}-budget`, {
    metadata: { name, namespace: NAMESPACE },
    spec: {
      maxUnavailable: kplus.k8s.IntOrString.fromNumber(1),
      selector,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
}

function connect(chart: Chart, from: string, to: string, number: number): void {
  const ports = [{ port: kplus.k8s.IntOrString.fromNumber(number), protocol: 'TCP' }];
  const peer = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
    podSelector: { matchLabels: { app: name } },
  });
  new kplus.k8s.KubeNetworkPolicy(chart, `${from}-to-${to}`, {
    metadata: { name: `${from}-to-${to}-tcp-${number}`, namespace: NAMESPACE },
    spec: {
      podSelector: { matchLabels: { app: from } },
      policyTypes: ['Egress'],
      egress: [{ to: [peer(to)], ports }],
    },
  });
  new kplus.k8s.KubeNetworkPolicy(chart, `${to}-from-${from}`, {
    metadata: { name: `${to}-from-${from}-tcp-${number}`, namespace: NAMESPACE },
    spec: {
      podSelector: { matchLabels: { app: to } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [peer(from)], ports }],
    },
  });
}

export function threeTierBare(outdir?: string): App {
  const app = new App({ outdir });
  const chart = new Chart(app, 'shop');
  addNamespace(chart);
  new ApiObject(chart, 'credentials', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'credentials', namespace: NAMESPACE },
    type: 'Opaque',
  });
  const secret = kplus.Secret.fromSecretName(chart, 'credentials-secret', 'credentials');

  addTier(chart, 'database', {
    image: IMAGES.database,
    port: 5432,
    replicas: 1,
    memory: Size.mebibytes(512),
    writable: { '/var/lib/data': Size.gibibytes(1) },
    secret,
  });
  addTier(chart, 'api', {
    image: IMAGES.api,
    port: 8080,
    replicas: 2,
    env: { DATABASE_HOST: 'database', DATABASE_PASSWORD_FILE: '/run/secrets/database/password' },
    secret,
  });
  addTier(chart, 'web', {
    image: IMAGES.web,
    port: 8080,
    replicas: 2,
    env: { API_URL: 'http://api:8080' },
    writable: { '/tmp': Size.mebibytes(64) },
  });

  connect(chart, 'web', 'api', 8080);
  connect(chart, 'api', 'database', 5432);
  return app;
}

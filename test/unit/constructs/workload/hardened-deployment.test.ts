import { Size } from 'cdk8s';
import {
  existingSecret,
  HardenedDeployment,
  HardenedNamespace,
  Port,
  ProvidedSecret,
  type HardenedDeploymentProps,
} from '../../../../constructs';
import { Probe } from '../../../../constructs/cdk8s-plus';
import { WORKLOAD_LABEL } from '../../../../constructs/names';
import { checkObjects } from '../../../../policies';
import { appWithNamespace, IMAGE, manifestOf, podOf, rendered } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

function deployed(props: Partial<HardenedDeploymentProps> = {}) {
  const { app, chart, namespace } = appWithNamespace();
  const api = new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, ...props });
  return { app, chart, namespace, api };
}

const POD_FACTS: readonly [string, readonly (string | number)[], unknown][] = [
  ['pod is not root', ['securityContext', 'runAsNonRoot'], true],
  ['pod has a user of its own', ['securityContext', 'runAsUser'], 10001],
  ['pod has a group of its own', ['securityContext', 'runAsGroup'], 10001],
  ['volumes belong to that group', ['securityContext', 'fsGroup'], 10001],
  ['seccomp filters system calls', ['securityContext', 'seccompProfile', 'type'], 'RuntimeDefault'],
  ['pod gets no API token', ['automountServiceAccountToken'], false],
  ['pod has an account of its own', ['serviceAccountName'], 'api'],
  ['pod is not told of every Service', ['enableServiceLinks'], false],
  ['container is not root', ['containers', 0, 'securityContext', 'runAsNonRoot'], true],
  ['container has a user of its own', ['containers', 0, 'securityContext', 'runAsUser'], 10001],
  ['container has a group of its own', ['containers', 0, 'securityContext', 'runAsGroup'], 10001],
  [
    'container cannot write to its root',
    ['containers', 0, 'securityContext', 'readOnlyRootFilesystem'],
    true,
  ],
  ['container is not privileged', ['containers', 0, 'securityContext', 'privileged'], false],
  ['container gains no privileges', ['containers', 0, 'securityContext', 'allowPrivilegeEscalation'], false],
  ['container has no capability', ['containers', 0, 'securityContext', 'capabilities'], { drop: ['ALL'] }],
  ['image is pinned', ['containers', 0, 'image'], IMAGE],
  ['cpu is reserved', ['containers', 0, 'resources', 'requests', 'cpu'], '100m'],
  ['cpu is bounded', ['containers', 0, 'resources', 'limits', 'cpu'], '400m'],
  ['memory is reserved', ['containers', 0, 'resources', 'requests', 'memory'], '128Mi'],
  ['memory is bounded', ['containers', 0, 'resources', 'limits', 'memory'], '128Mi'],
  ['disk is reserved', ['containers', 0, 'resources', 'requests', 'ephemeral-storage'], '64Mi'],
  ['disk is bounded', ['containers', 0, 'resources', 'limits', 'ephemeral-storage'], '1Gi'],
];

describe('a HardenedDeployment as it comes', () => {
  it.each(POD_FACTS)('%s', (_fact, path, value) => {
    expect(podOf(deployed().app, 'api')).toHaveProperty(path.map(String), value);
  });

  it.each(['hostNetwork', 'hostPID', 'hostIPC'])('does not share with its node: %s', (field) => {
    const pod = podOf(deployed().app, 'api') as unknown as Record<string, unknown>;
    expect(pod[field] ?? false).toBe(false);
  });

  it('opens no port of its node', () => {
    const pod = podOf(deployed({ port: Port.tcp(8080) }).app, 'api');
    expect(pod.containers[0]!.ports).toEqual([{ containerPort: 8080, protocol: 'TCP' }]);
  });

  it('mounts nothing', () => {
    const pod = podOf(deployed().app, 'api');
    expect(pod.volumes ?? []).toEqual([]);
    expect(pod.containers[0]!.volumeMounts ?? []).toEqual([]);
  });

  it('has an account that gives no token either', () => {
    const { app } = deployed();
    expect(manifestOf(app, 'ServiceAccount', 'api')).toMatchObject({
      automountServiceAccountToken: false,
      metadata: { namespace: 'shop' },
    });
  });

  it('waits for its namespace and its account', () => {
    const { app } = deployed();
    expect(rendered(app, 'Deployment', 'api').dependsOn.map(({ path }) => path)).toEqual([
      'chart/shop/Namespace',
      'chart/api/ServiceAccount/Resource',
    ]);
  });

  it('breaks no policy', () => {
    const { app } = deployed({ port: Port.tcp(8080), writable: { '/tmp': Size.mebibytes(1) } });
    const manifest = manifestOf(app, 'Deployment', 'api');
    expect(checkObjects([{ manifest, source: 'api' }])).toEqual([]);
  });

  it('carries the label by which network policies select it, and by which it selects its pods no other', () => {
    const { app } = deployed();
    const { template, selector } = manifestOf(app, 'Deployment', 'api').spec as {
      template: { metadata: { labels: Record<string, string> } };
      selector: { matchLabels: Record<string, string> };
    };
    expect(template.metadata.labels[WORKLOAD_LABEL]).toBe('api');
    expect(Object.keys(selector.matchLabels)).not.toEqual([]);
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
  });
});

describe('what is added later through cdk8s-plus', () => {
  const LATER = ['readOnlyRootFilesystem', 'runAsNonRoot', 'privileged', 'allowPrivilegeEscalation'] as const;
  const WANTED = { readOnlyRootFilesystem: true, runAsNonRoot: true } as Record<string, boolean>;

  const addSidecar = (api: HardenedDeployment) => api.deployment.addContainer({ name: 'late', image: IMAGE });
  const addInit = (api: HardenedDeployment) =>
    api.deployment.addInitContainer({ name: 'late', image: IMAGE });

  it.each([
    ['a sidecar', addSidecar, 'containers'],
    ['an init container', addInit, 'initContainers'],
  ] as const)('%s is hardened too', (_which, add, list) => {
    const { app, api } = deployed();
    add(api);
    const late = podOf(app, 'api')[list]!.find(({ name }) => name === 'late')!;
    expect(late.securityContext!.capabilities).toEqual({ drop: ['ALL'] });
    for (const field of LATER)
      expect(late).toHaveProperty(['securityContext', field], WANTED[field] ?? false);
    expect(late.resources!.limits).toHaveProperty(['ephemeral-storage'], '1Gi');
    expect(checkObjects([{ manifest: manifestOf(app, 'Deployment', 'api'), source: 'api' }])).toEqual([]);
  });

  it('stays as somebody set it, so that the policies refuse it', () => {
    const { app, api } = deployed();
    api.deployment.addContainer({
      name: 'late',
      image: IMAGE,
      securityContext: { readOnlyRootFilesystem: false, allowPrivilegeEscalation: true, privileged: true },
    });
    const manifest = manifestOf(app, 'Deployment', 'api');
    const broken = checkObjects([{ manifest, source: 'api' }]).map(({ control }) => control);
    expect(broken).toEqual(['privilege-escalation', 'privileged', 'read-only-root']);
  });
});

describe('what it can be told', () => {
  it('takes another user for pod, container and volumes', () => {
    const pod = podOf(deployed({ user: 20000 }).app, 'api');
    expect(pod.securityContext).toMatchObject({ runAsUser: 20000, runAsGroup: 20000, fsGroup: 20000 });
    expect(pod.containers[0]!.securityContext).toMatchObject({ runAsUser: 20000, runAsGroup: 20000 });
  });

  it('mounts Secrets read-only, readable by its group only', () => {
    const { app, chart, namespace } = appWithNamespace();
    const secret = new ProvidedSecret(chart, 'db', { namespace, keys: ['password'] });
    new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, secretFiles: { '/run/db': secret } });
    const pod = podOf(app, 'api');
    expect(pod.containers[0]!.volumeMounts).toEqual([
      { mountPath: '/run/db', name: 'secret-db', readOnly: true },
    ]);
    expect(pod.volumes).toEqual([{ name: 'secret-db', secret: { secretName: 'db', defaultMode: 0o440 } }]);
  });

  it('bounds each folder that may be written', () => {
    const { app } = deployed({ writable: { '/tmp': Size.mebibytes(64), '/cache': Size.gibibytes(1) } });
    expect(podOf(app, 'api').volumes).toEqual([
      { name: 'writable-0', emptyDir: { sizeLimit: '64Mi' } },
      { name: 'writable-1', emptyDir: { sizeLimit: '1024Mi' } },
    ]);
  });

  it('passes arguments and environment on', () => {
    const { app } = deployed({ args: ['--verbose'], env: { MODE: 'yes' } });
    expect(podOf(app, 'api').containers[0]).toMatchObject({
      args: ['--verbose'],
      env: [{ name: 'MODE', value: 'yes' }],
    });
  });

  it('puts a Service and a readiness probe before its port', () => {
    const { app } = deployed({ port: Port.tcp(8080) });
    expect(manifestOf(app, 'Service', 'api')).toMatchObject({
      metadata: { namespace: 'shop' },
      spec: { type: 'ClusterIP', ports: [{ port: 8080, targetPort: 8080 }] },
    });
    expect(podOf(app, 'api').containers[0]!.readinessProbe).toMatchObject({ tcpSocket: { port: 8080 } });
  });

  it('calls its ports what it was told, and others by their number where there are several', () => {
    const portsOf = (props: Partial<HardenedDeploymentProps>) => {
      const { app } = deployed(props);
      const { ports } = manifestOf(app, 'Service', 'api').spec as {
        ports: { name?: string; port: number }[];
      };
      return {
        container: podOf(app, 'api').containers[0]!.ports!.map(({ name, containerPort }) => [
          name,
          containerPort,
        ]),
        service: ports.map(({ name, port }) => [name, port]),
      };
    };
    const one = [['http', 8080]];
    expect(portsOf({ port: Port.tcp(8080, { name: 'http' }) })).toEqual({ container: one, service: one });
    const two = [
      ['http', 8080],
      ['tcp-9090', 9090],
    ];
    expect(portsOf({ port: Port.tcp(8080, { name: 'http' }), otherPorts: [Port.tcp(9090)] })).toEqual({
      container: two,
      service: two,
    });
    const none = [[undefined, 8080]];
    expect(portsOf({ port: Port.tcp(8080) })).toEqual({ container: none, service: none });
  });

  it('opens ranges by their first port, which no Service leads to', () => {
    const { app, api } = deployed({
      port: Port.tcp(21),
      portRanges: [Port.tcpRange(30000, 30100), Port.udpRange(30000, 30100)],
    });
    expect(podOf(app, 'api').containers[0]!.ports).toEqual([
      { containerPort: 21, protocol: 'TCP' },
      { containerPort: 30000, protocol: 'TCP' },
      { containerPort: 30000, protocol: 'UDP' },
    ]);
    expect(manifestOf(app, 'Service', 'api').spec).toMatchObject({ ports: [{ port: 21 }] });
    expect((manifestOf(app, 'Service', 'api').spec as { ports: object[] }).ports).toHaveLength(1);
    expect(api.ports.map(String)).toEqual(['tcp-21', 'tcp-30000-30100', 'udp-30000-30100']);
  });

  it('needs no Service for ranges alone', () => {
    const { api } = deployed({ portRanges: [Port.udpRange(16384, 16484)] });
    expect(api.service).toBeUndefined();
  });
});

describe('what is refused', () => {
  const digest = 'a'.repeat(64);
  it.each<[string, Partial<HardenedDeploymentProps>, string]>([
    ['an image by tag', { image: 'registry.example/app:1.0' }, 'image'],
    ['an image without a tag', { image: 'app' }, 'image'],
    ['a digest that is cut short', { image: `app@sha256:${digest.slice(1)}` }, 'image'],
    ['a digest with something behind it', { image: `app@sha256:${digest}:latest` }, 'image'],
    ['a digest that is not SHA-256', { image: `app@md5:${digest}` }, 'image'],
    ['root', { user: 0 }, 'user'],
    ['a user that the node may have', { user: 9999 }, 'user'],
    ['a negative user', { user: -1 }, 'user'],
    ['a fraction of a user', { user: 10000.5 }, 'user'],
    ['no number for a user', { user: Number.NaN }, 'user'],
    ['fewer than no pods', { replicas: -1 }, 'replicas'],
    ['half a pod', { replicas: 1.5 }, 'replicas'],
    ['a name that is no DNS label', { name: 'Api_1' }, 'name'],
    ['a name that is too long for one', { name: 'a'.repeat(64) }, 'name'],
    [
      'two ports of one name',
      { port: Port.tcp(80, { name: 'http' }), otherPorts: [Port.tcp(81, { name: 'http' })] },
      'otherPorts',
    ],
    [
      "a port with another's number for a name",
      { port: Port.tcp(80, { name: 'tcp-81' }), otherPorts: [Port.tcp(81)] },
      'otherPorts',
    ],
    ['a port in a range', { port: Port.tcp(80), portRanges: [Port.tcpRange(79, 81)] }, 'portRanges[0]'],
    [
      'ranges that overlap',
      { portRanges: [Port.tcpRange(79, 81), Port.udpRange(79, 81), Port.tcpRange(81, 90)] },
      'portRanges[2]',
    ],
    ['a folder that is not absolute', { writable: { tmp: Size.mebibytes(1) } }, 'writable'],
    ['the root as a writable folder', { writable: { '/': Size.mebibytes(1) } }, 'writable'],
    ['a folder that climbs', { writable: { '/tmp/../etc': Size.mebibytes(1) } }, 'writable'],
    [
      'a Secret of another namespace',
      { secretFiles: { '/run/db': existingSecret('other', 'db') } },
      'secretFiles["/run/db"]',
    ],
  ])('%s', (_what, props, property) => {
    expect(places(problemsOf(() => deployed(props)))).toEqual([`chart/api.${property} [construct/invalid]`]);
  });

  it('tells all problems at once', () => {
    const problems = problemsOf(() => deployed({ image: 'app', user: 0, replicas: -1, name: 'A' }));
    expect(places(problems)).toEqual([
      'chart/api.name [construct/invalid]',
      'chart/api.image [construct/invalid]',
      'chart/api.user [construct/invalid]',
      'chart/api.replicas [construct/invalid]',
    ]);
  });

  it('takes the lowest user and no pod at all', () => {
    const { app } = deployed({ user: 10000, replicas: 0 });
    expect(manifestOf(app, 'Deployment', 'api').spec).toMatchObject({ replicas: 0 });
  });
});

describe('connectTo', () => {
  it('opens both sides on the port', () => {
    const { app, chart, api, namespace } = deployed();
    const db = new HardenedDeployment(chart, 'db', { namespace, image: IMAGE, port: Port.tcp(5432) });
    api.connectTo(db, Port.tcp(5432));
    expect(manifestOf(app, 'NetworkPolicy', 'api-to-db-tcp-5432').spec).toHaveProperty('policyTypes', [
      'Egress',
    ]);
    expect(manifestOf(app, 'NetworkPolicy', 'db-from-api-tcp-5432').spec).toHaveProperty('policyTypes', [
      'Ingress',
    ]);
  });

  it('connects to a workload of another namespace', () => {
    const { app, chart, api } = deployed();
    const other = new HardenedNamespace(chart, 'other');
    const db = new HardenedDeployment(chart, 'db', {
      namespace: other,
      image: IMAGE,
      port: Port.udp(53),
      readiness: Probe.fromCommand(['true']),
    });
    api.connectTo(db, Port.udp(53));
    expect(manifestOf(app, 'NetworkPolicy', 'db-from-api-in-shop-udp-53').metadata.namespace).toBe('other');
  });
});

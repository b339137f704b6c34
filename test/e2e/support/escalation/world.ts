import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { OwnPlane } from '../own-plane';
import { groupOf, LESSER_PERSONAS, personaManifests, roleCollection, type LesserPersona } from '../personas';
import { ask, type Answer, type Credentials } from '../wire';
import { Attacker } from './attacker';
import { PlayedKubelet, type Found, type Pod } from './kubelet';
import { RBAC_GROUP, type Needs, type Rule } from './technique';

const RBAC = `/apis/${RBAC_GROUP}/v1`;

/** How long is waited for what the control plane does by itself, in ms: a CronJob may take more than a minute. */
const PATIENCE_MS = 150_000;

/** The account that is `cluster-admin`, in each namespace. */
export const STRONG = 'strong';

/** An address of this machine that is not loopback, where it has one: the API server proxies to no other. */
export const MACHINE_ADDRESS = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

interface Object_ {
  readonly metadata: { readonly name: string };
}

/**
 * A real control plane with something to win in two namespaces: `team`, in which the personas work, and `vault`, in which they do
 * not. Nothing but RBAC is in the way: there are no policies of keelson, and the namespaces say that Pod Security refuses nothing.
 */
export class World {
  public readonly own = new OwnPlane();
  /** What stands in the Secret `treasure`, and in an environment variable of the pod `guarded`. */
  public readonly treasure = randomBytes(12).toString('hex');
  private readonly kubelets: PlayedKubelet[] = [];
  private readonly kept: { readonly path: string; readonly object: object }[] = [];
  private readonly fields: { readonly path: string; readonly fields: object }[] = [];
  private readonly grants: string[] = [];
  private counter = 0;

  /** Starts everything. */
  public async start(): Promise<void> {
    await this.own.start();
    // What a cluster with nodes has: the API server may use its kubelets.
    const user = { apiGroup: RBAC_GROUP, kind: 'User', name: 'kube-apiserver-kubelet-client' };
    await this.admin('POST', `${RBAC}/clusterrolebindings`, {
      metadata: { name: 'kubelets' },
      roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: 'system:kubelet-api-admin' },
      subjects: [user],
    });
    await this.join('worker');
    await this.join('captured', { unschedulable: true });
    const taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
    await this.join('control-plane', { taints: [taint] });
    for (const namespace of ['team', 'vault']) await this.furnish(namespace);
    for (const manifest of personaManifests('team', ['worker']))
      await this.admin('POST', roleCollection(manifest), manifest);
    for (const persona of LESSER_PERSONAS) await this.works(await this.persona(persona));
  }

  public async stop(): Promise<void> {
    for (const kubelet of this.kubelets) await kubelet.stop();
    await this.own.clear();
  }

  /** A request of the administrator that must succeed. */
  public async admin<T>(method: string, path: string, body?: unknown, headers = {}): Promise<T> {
    const answer = await this.own.api(method, path, body, headers);
    if (answer.status > 299) throw new Error(`admin: ${method} ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }

  /** Something that the administrator made before the attack; it goes with what the attacker made. */
  public async exists(me: Attacker, collection: string, body: object): Promise<string> {
    const { metadata } = await this.admin<Object_>('POST', collection, body);
    const path = `${collection}/${metadata.name}`;
    me.made.push(path);
    return path;
  }

  /** Remembers an object that an attack changes, to be put back afterwards. */
  public async keep(path: string): Promise<void> {
    this.kept.push({ path, object: await this.admin<object>('GET', path) });
  }

  /** Remembers how fields are to be again that an attack changes. */
  public keepFields(path: string, fields: object): void {
    this.fields.push({ path, fields });
  }

  /** A user without any right, with a certificate of its own. */
  public async nobody(): Promise<Attacker> {
    const id = `attacker-${++this.counter}-${randomBytes(3).toString('hex')}`;
    const credentials = await this.own.signed({ commonName: id, organizations: ['testers'] });
    return new Attacker(id, id, this.own.plane.ports.apiServer, credentials, { cluster: id, namespaced: id });
  }

  /** Somebody who is a persona and nothing else. */
  public async persona(persona: LesserPersona): Promise<Attacker> {
    const id = `${persona.toLowerCase()}-${++this.counter}`;
    const credentials = await this.own.signed({ commonName: id, organizations: [groupOf(persona)] });
    const role = `persona:${persona === 'readOnly' ? 'read-only' : persona}`;
    const roles = { cluster: role, namespaced: role };
    return new Attacker(id, id, this.own.plane.ports.apiServer, credentials, roles);
  }

  /** What every persona may do: that it is refused everything else is no wonder where it is refused this. */
  private async works(who: Attacker): Promise<void> {
    const path = '/api/v1/namespaces/team/pods';
    if (!(await this.eventually(async () => (await who.send('GET', path)).status === 200)))
      throw new Error(`${who.user} may not even list pods`);
  }

  /**
   * Gives a user what a technique needs, and waits until it is in force.
   *
   * @param holds a built-in ClusterRole that it gets besides
   */
  public async grant(me: Attacker, needs: Needs, target: string, holds?: string): Promise<void> {
    const { cluster = [] } = needs;
    if (cluster.length > 0) {
      await this.granted(`${RBAC}/clusterroles`, {
        metadata: { name: me.id },
        rules: cluster.map(policyRule),
      });
      await this.granted(`${RBAC}/clusterrolebindings`, bindingOf(me, me.id, 'ClusterRole', me.id));
    }
    if (holds !== undefined)
      await this.granted(
        `${RBAC}/clusterrolebindings`,
        bindingOf(me, `${me.id}-${holds}`, 'ClusterRole', holds),
      );
    for (const [where, rules = []] of [
      [target, needs.target],
      ['kube-system', needs['kube-system']],
    ] as const) {
      if (rules.length === 0) continue;
      const base = `${RBAC}/namespaces/${where}`;
      await this.granted(`${base}/roles`, { metadata: { name: me.id }, rules: rules.map(policyRule) });
      await this.granted(`${base}/rolebindings`, bindingOf(me, me.id, 'Role', me.id));
    }
    for (const [where, rules = []] of [
      [undefined, cluster],
      [target, needs.target],
      ['kube-system', needs['kube-system']],
    ] as const) {
      for (const rule of rules) await this.inForce(me, rule, where);
    }
  }

  private async granted(
    collection: string,
    body: Object_ & { readonly rules?: readonly object[] },
  ): Promise<void> {
    await this.admin('POST', collection, body);
    this.grants.push(`${collection}/${encodeURIComponent(body.metadata.name)}`);
  }

  private async inForce(me: Attacker, rule: Rule, namespace?: string): Promise<void> {
    const [resource, subresource] = rule.resource.split('/');
    for (const verb of rule.verbs) {
      const resourceAttributes = {
        ...{ group: rule.group, resource, subresource, verb, namespace },
        name: rule.names?.[0],
      };
      const spec = { user: me.user, resourceAttributes };
      const allowed = async () => {
        const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
        return (await this.admin<{ status: { allowed: boolean } }>('POST', path, { spec })).status.allowed;
      };
      if (!(await this.eventually(allowed)))
        throw new Error(`${verb} ${rule.resource} was granted, and is not in force`);
    }
  }

  /** Whether something comes true in time. */
  public async eventually(check: () => Promise<boolean>, patience = PATIENCE_MS): Promise<boolean> {
    for (const end = Date.now() + patience; ;) {
      if (await check()) return true;
      if (Date.now() > end) return false;
      await sleep(150);
    }
  }

  /** Whether somebody reads the Secret of a namespace. */
  public async readsTreasure(who: Attacker, namespace: string): Promise<boolean> {
    const { status, body } = await who.send('GET', `/api/v1/namespaces/${namespace}/secrets/treasure`);
    return status === 200 && this.opens(body);
  }

  /** Whether a text has the Secret in it, as the API writes it. */
  public opens(text: string): boolean {
    return text.includes(Buffer.from(this.treasure).toString('base64'));
  }

  /** Whether somebody reads every Secret and gives out every right: both are done, not asked about. */
  public async isAdministrator(who: Attacker): Promise<boolean> {
    if (!(await this.readsTreasure(who, 'vault'))) return false;
    const name = `${who.id}-proof-${++this.counter}`;
    const body = bindingOf(who, name, 'ClusterRole', 'cluster-admin');
    return (await who.send('POST', `${RBAC}/clusterrolebindings`, body)).status === 201;
  }

  /** The same, in a moment: roles are in force a little later than they are written. */
  public async becomesAdministrator(who: Attacker): Promise<boolean> {
    return this.eventually(() => this.isAdministrator(who));
  }

  /** What is found in the first pod that has a label, once it is on a node. */
  public async foundIn(namespace: string, app: string, not: readonly string[] = []): Promise<Found> {
    let pod: Pod | undefined;
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`;
    await this.eventually(async () => {
      const { items } = await this.admin<{ items: Pod[] }>('GET', path);
      pod = items.find(({ metadata, spec }) => spec.nodeName !== undefined && !not.includes(metadata.name));
      return pod !== undefined;
    });
    if (pod === undefined) throw new Error(`no pod ${app} is on a node`);
    return this.kubelet(pod.spec.nodeName ?? '').found(namespace, pod.metadata.name);
  }

  public kubelet(node: string): PlayedKubelet {
    const kubelet = this.kubelets.find((one) => one.node === node);
    if (kubelet === undefined) throw new Error(`${node} is no node`);
    return kubelet;
  }

  /** Takes away what an attacker made and was granted, and puts back what it changed. */
  public async sweep(me: Attacker): Promise<void> {
    const made = [...me.made.splice(0).reverse(), ...this.grants.splice(0).reverse()];
    for (const path of made)
      await this.own.api('DELETE', `${path}?gracePeriodSeconds=0&propagationPolicy=Background`);
    for (const { path, fields } of this.fields.splice(0))
      await this.admin('PATCH', path, fields, { 'content-type': 'application/merge-patch+json' });
    for (const { path, object } of this.kept.splice(0)) {
      const { metadata, ...rest } = object as { metadata: { resourceVersion?: string } };
      await this.admin('PUT', path, { ...rest, metadata: { ...metadata, resourceVersion: undefined } });
    }
  }

  private async join(name: string, spec: object = {}): Promise<void> {
    const labels = { 'kubernetes.io/hostname': name };
    await this.admin('POST', '/api/v1/nodes', { metadata: { name, labels }, spec });
    const address = MACHINE_ADDRESS ?? '127.0.0.1';
    const serving = await this.own.signed({ commonName: name, uses: ['server'], ipAddresses: [address] });
    const kubelet = new PlayedKubelet(
      name,
      this.own.plane.ports.apiServer,
      await this.nodeIdentity(name),
      serving,
    );
    this.kubelets.push(kubelet);
    await kubelet.start(address);
  }

  /** The certificate of a node, as one has it who holds the node. */
  public async nodeIdentity(name: string): Promise<Required<Credentials>> {
    return this.own.signed({ commonName: `system:node:${name}`, organizations: ['system:nodes'] });
  }

  private async furnish(namespace: string): Promise<void> {
    const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
    await this.admin('POST', '/api/v1/namespaces', { metadata: { name: namespace, labels } });
    const base = `/api/v1/namespaces/${namespace}`;
    await this.admin('POST', `${base}/serviceaccounts`, { metadata: { name: STRONG } });
    const account = { kind: 'ServiceAccount', name: STRONG, namespace };
    await this.admin('POST', `${RBAC}/clusterrolebindings`, {
      metadata: { name: `${STRONG}-${namespace}` },
      roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [account],
    });
    const secrets = `${base}/secrets`;
    await this.admin('POST', secrets, {
      metadata: { name: 'treasure' },
      stringData: { value: this.treasure },
    });
    const annotations = { 'kubernetes.io/service-account.name': STRONG };
    const type = 'kubernetes.io/service-account-token';
    await this.admin('POST', secrets, { metadata: { name: 'strong-token', annotations }, type });
    // The controller of service accounts makes the account that pods have who name none.
    const theirs = async () => (await this.own.api('GET', `${base}/serviceaccounts/default`)).status === 200;
    await this.eventually(theirs);
    await this.admin('POST', `${base}/pods`, {
      metadata: { name: 'guarded', labels: { app: 'guarded' } },
      spec: podSpec({ serviceAccountName: STRONG, nodeName: 'worker' }, this.treasure),
    });
    await this.foundIn(namespace, 'guarded');
  }
}

/** A binding of a role to an attacker. */
export function bindingOf(me: Attacker, name: string, kind: 'Role' | 'ClusterRole', role: string) {
  return {
    metadata: { name },
    roleRef: { apiGroup: RBAC_GROUP, kind, name: role },
    subjects: [me.subject],
  };
}

/** A pod of one container. */
export function podSpec(more: object = {}, password = 'none'): object {
  const container = {
    ...{ name: 'main', image: 'registry.example/app:1' },
    env: [{ name: 'PASSWORD', value: password }],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  return { containers: [container], ...more };
}

function policyRule({ group, resource, verbs, names }: Rule): object {
  return { apiGroups: [group], resources: [resource], verbs, ...(names && { resourceNames: names }) };
}

/** Asks a kubelet itself. */
export async function askKubelet(port: number, path: string, credentials: Credentials): Promise<Answer> {
  return ask(port, path, credentials, { method: 'POST', host: MACHINE_ADDRESS ?? '127.0.0.1' });
}

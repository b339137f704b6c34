import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from '../wire';
import { ask } from '../wire';

interface Volume {
  readonly name: string;
  readonly projected?: { readonly sources: readonly object[] };
  readonly secret?: { readonly secretName: string };
  readonly hostPath?: { readonly path: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string }[];
}

/** What the API server says of a pod. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly serviceAccountName: string;
    readonly volumes?: readonly Volume[];
    readonly containers: readonly Container[];
    readonly ephemeralContainers?: readonly Container[];
  };
}

/** What a container finds in its volumes. */
export interface Found {
  /** The token of its service account. */
  readonly token?: string;
  /** Values of Secrets. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Reads a file of a volume that is a folder of the node. */
  readonly file?: (name: string) => string;
}

/**
 * Plays the kubelet of a node: it has its certificate and nothing else, asks the API server for what a real one asks for, and answers
 * on its port as a real one answers. It runs no container: it says what one would find.
 */
export class PlayedKubelet {
  private readonly server: Server;
  private heartbeat?: NodeJS.Timeout;

  /** @param as the certificate of the node, whose authority is that of the cluster; it serves with it, too */
  public constructor(
    public readonly node: string,
    private readonly apiServer: number,
    private readonly as: Required<Credentials>,
    serving: { readonly cert: string; readonly key: string },
  ) {
    const { ca } = as;
    const tls = { ...serving, ca, requestCert: true, rejectUnauthorized: true };
    this.server = createServer(tls, (request, response) => void this.answer(request, response));
    this.server.on('upgrade', (request: IncomingMessage, socket: TLSSocket) => {
      void this.stream(request).then((text) => socket.end(text));
    });
  }

  /** Starts to listen, tells where, and says that it lives, again and again. */
  public async start(address: string): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, address, done));
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Played', lastHeartbeatTime: now() }];
    await this.api('PATCH', `/api/v1/nodes/${this.node}/status`, {
      status: {
        addresses: [{ type: 'InternalIP', address }],
        capacity: { cpu: '64', memory: '64Gi', pods: '250' },
        allocatable: { cpu: '64', memory: '64Gi', pods: '250' },
        conditions,
        daemonEndpoints: { kubeletEndpoint: { Port: this.port } },
      },
    });
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const spec = { holderIdentity: this.node, leaseDurationSeconds: 40 };
    const renewed = () => ({ metadata: { name: this.node }, spec: { ...spec, renewTime: now('000') } });
    await this.api('POST', leases, renewed());
    const renew = () => void this.send('PATCH', `${leases}/${this.node}`, renewed()).catch(() => undefined);
    this.heartbeat = setInterval(renew, 5_000);
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public async stop(): Promise<void> {
    clearInterval(this.heartbeat);
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** What a container of a pod that is on this node finds. */
  public async found(namespace: string, name: string, container?: string): Promise<Found> {
    const pod = await this.api<Pod>('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
    const all = [...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])];
    const chosen = container === undefined ? all[0] : all.find((one) => one.name === container);
    const mounted = new Set(chosen?.volumeMounts?.map((mount) => mount.name));
    const volumes = (pod.spec.volumes ?? []).filter((volume) => mounted.has(volume.name));
    const found: { token?: string; secrets: Record<string, string>; file?: Found['file'] } = { secrets: {} };
    for (const volume of volumes) {
      if (volume.projected?.sources.some((source) => 'serviceAccountToken' in source))
        found.token = await this.token(pod);
      if (volume.secret !== undefined) {
        const path = `/api/v1/namespaces/${namespace}/secrets/${volume.secret.secretName}`;
        const { data } = await this.api<{ data: Record<string, string> }>('GET', path);
        for (const [key, value] of Object.entries(data))
          found.secrets[key] = Buffer.from(value, 'base64').toString();
      }
      const folder = volume.hostPath?.path ?? (await this.claimed(namespace, volume));
      if (folder !== undefined) found.file = (file) => readFileSync(join(folder, file), 'utf8');
    }
    return found;
  }

  /** The folder of the node that a claim stands for. */
  private async claimed(namespace: string, volume: Volume): Promise<string | undefined> {
    if (volume.persistentVolumeClaim === undefined) return undefined;
    const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
    const path = `${claims}/${volume.persistentVolumeClaim.claimName}`;
    const claim = await this.api<{ spec: { volumeName: string } }>('GET', path);
    const volumes = `/api/v1/persistentvolumes/${claim.spec.volumeName}`;
    return (await this.api<{ spec: { hostPath?: { path: string } } }>('GET', volumes)).spec.hostPath?.path;
  }

  private async token({ metadata, spec }: Pod): Promise<string> {
    const { name, namespace, uid } = metadata;
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${spec.serviceAccountName}/token`;
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
    const body = { spec: { expirationSeconds: 3600, boundObjectRef } };
    return (await this.api<{ status: { token: string } }>('POST', path, body)).status.token;
  }

  /** What somebody who connects gets, after the API server was asked whether they may. */
  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const refusal = await this.refuses(request);
      if (refusal !== undefined) response.writeHead(403).end(refusal);
      else response.writeHead(200, { 'content-type': 'text/plain' }).end(await this.run(request));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }

  /** The same, over a connection that is taken over: what a command says is all that follows. */
  private async stream(request: IncomingMessage): Promise<string> {
    const refusal = await this.refuses(request);
    if (refusal !== undefined) return `HTTP/1.1 403 Forbidden\r\n\r\n${refusal}`;
    const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n';
    return `${head}${await this.run(request)}`;
  }

  /** A kubelet asks the API server about whoever shows a certificate, as the resource that its path stands for. */
  private async refuses(request: IncomingMessage): Promise<string | undefined> {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    const user = String(subject.CN);
    const verb = request.method === 'POST' ? 'create' : 'get';
    const groups = [subject.O ?? []].flat().map(String);
    const resourceAttributes = { verb, resource: 'nodes', subresource: 'proxy', name: this.node };
    const { status } = await this.api<{ status: { allowed: boolean } }>(
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      { spec: { user, groups, resourceAttributes } },
    );
    return status.allowed
      ? undefined
      : `Forbidden (user=${user}, verb=${verb}, resource=nodes, subresource=proxy)`;
  }

  /** What the commands that are sent, and the logs that are read, come to: what the container found. */
  private async run(request: IncomingMessage): Promise<string> {
    const [, action, namespace = '', name = ''] = new URL(
      request.url ?? '',
      'https://kubelet',
    ).pathname.split('/');
    if (action === 'pods') {
      const path = `/api/v1/pods?fieldSelector=spec.nodeName=${this.node}`;
      return JSON.stringify(await this.api('GET', path));
    }
    return JSON.stringify(await this.found(namespace, name));
  }

  /** Asks until it is allowed: the API server learns a moment late what is bound to a node. */
  private async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    for (let tries = 0; ; tries++) {
      const { status, body: text } = await this.send(method, path, body);
      if (status < 300) return JSON.parse(text) as T;
      if (tries > 150 || ![403, 404].includes(status))
        throw new Error(`kubelet: ${method} ${path}: ${status} ${text}`);
      await sleep(200);
    }
  }

  private async send(method: string, path: string, body?: unknown) {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return ask(this.apiServer, path, this.as, { method, body, headers: { 'content-type': type } });
  }
}

function now(micro = ''): string {
  const text = new Date().toISOString();
  return micro === '' ? text.replace(/\.\d+Z$/, 'Z') : text.replace('Z', `${micro}Z`);
}

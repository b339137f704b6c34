import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { KeelsonApp, renderApp, type Manifest } from '../../../constructs';
import { startLocalControlPlane, type LocalControlPlane } from '../../../local';
import { AdmissionPolicies, type AdmissionPoliciesProps } from '../../../policies';
import { ApiClient, readKubeconfig } from '../../../probes';
import type { ApiResponse } from '../../../probes/client/api-client';
import { waitForPolicies } from '../../../probes/policies-in-force';
import { collectionPath, objectPath } from './cluster';
import { localTools, ownFolder, type OwnFolder } from './own-control-plane';

/** A control plane of a test's own, whose admission policies the test sets. */
export class PolicyCluster {
  private applied: readonly Manifest[] = [];

  private constructor(
    private readonly folder: OwnFolder,
    public readonly controlPlane: LocalControlPlane,
    public readonly client: ApiClient,
  ) {}

  /** Starts it; nothing is enforced but Pod Security. */
  public static async start(): Promise<PolicyCluster> {
    const folder = ownFolder();
    const stateDir = join(folder.path, 'policies');
    const controlPlane = await startLocalControlPlane({ stateDir, tools: await localTools() });
    return new PolicyCluster(folder, controlPlane, new ApiClient(readKubeconfig(controlPlane.kubeconfig)));
  }

  /** Replaces the admission policies and waits until they are in force. */
  public async enforce(props: AdmissionPoliciesProps): Promise<void> {
    const app = new KeelsonApp();
    const policies = new AdmissionPolicies(new Chart(app, 'policies'), 'admission', props);
    const manifests = renderApp(app).objects.map(({ manifest }) => manifest);
    const names = new Set(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    for (const old of this.applied) {
      if (!names.has(`${old.kind} ${old.metadata.name}`)) await this.remove(old);
    }
    for (const manifest of manifests) {
      const answer = await this.client.send({
        method: 'PATCH',
        path: `${await objectPath(this.client, manifest)}?fieldManager=test&force=true`,
        contentType: 'application/apply-patch+yaml',
        body: manifest,
      });
      if (answer.status > 201) throw new Error(`${manifest.metadata.name}: ${answer.body}`);
    }
    this.applied = manifests;
    await waitForPolicies(this.client, policies.digest, manifests);
  }

  /** A namespace in which Pod Security refuses nothing. */
  public async namespace(name: string): Promise<void> {
    const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
    await this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }

  public async create(manifest: Manifest, query = ''): Promise<ApiResponse> {
    const path = `${await collectionPath(this.client, manifest)}${query}`;
    return this.client.send({ method: 'POST', path, body: manifest });
  }

  public async get(manifest: Manifest): Promise<ApiResponse> {
    return this.client.send({ path: await objectPath(this.client, manifest) });
  }

  public async replace(manifest: Manifest): Promise<ApiResponse> {
    const path = await objectPath(this.client, manifest);
    return this.client.send({ method: 'PUT', path, body: manifest });
  }

  public async patch(manifest: Manifest, body: unknown, subresource = ''): Promise<ApiResponse> {
    const path = `${await objectPath(this.client, manifest)}${subresource}`;
    return this.client.send({
      method: 'PATCH',
      path,
      contentType: 'application/strategic-merge-patch+json',
      body,
    });
  }

  public async remove(manifest: Manifest): Promise<ApiResponse> {
    return this.client.send({ method: 'DELETE', path: await objectPath(this.client, manifest) });
  }

  /** Stops it and removes everything. */
  public async stop(): Promise<void> {
    this.client.close();
    await this.folder.clear();
  }
}

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LeafSpec } from '../../../constructs/control-plane';
import { localControlPlane, type LocalControlPlane } from '../../../local';
import { issueLeaf } from '../../../pki';
import { ask, kubeconfigCredentials, type Answer, type Credentials } from './wire';

/** The control plane that the e2e tests share, with a namespace of the test's own. */
export class SharedPlane {
  /** Restricted by its label; removed by {@link leave}. */
  public readonly namespace = `control-plane-${randomBytes(4).toString('hex')}`;
  /** Who has only the CA, to verify the server. */
  public readonly nobody: Credentials;

  private constructor(
    public readonly plane: LocalControlPlane,
    public readonly admin: Required<Credentials>,
  ) {
    this.nobody = { ca: admin.ca };
  }

  /** @throws Error when no control plane runs in `KEELSON_E2E_STATE` */
  public static async enter(): Promise<SharedPlane> {
    const plane = await localControlPlane(process.env.KEELSON_E2E_STATE ?? '');
    if (plane === undefined) throw new Error('no control plane runs in KEELSON_E2E_STATE');
    const shared = new SharedPlane(plane, kubeconfigCredentials(plane.kubeconfig));
    // Our own policies, where they are in force, refuse a namespace that does not say so.
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await shared.api('POST', '/api/v1/namespaces', { metadata: { name: shared.namespace, labels } });
    return shared;
  }

  public async leave(): Promise<void> {
    await this.api('DELETE', `/api/v1/namespaces/${this.namespace}`);
  }

  /** A request to the API server as an administrator. */
  public async api(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(this.plane.ports.apiServer, path, this.admin, { method, body });
  }

  /** Content of a file in the state folder. */
  public file(name: string): string {
    return readFileSync(join(this.plane.stateDir, name), 'utf8');
  }

  /** PEM of the CA of etcd. */
  public get etcdCa(): string {
    return readFileSync(this.plane.etcd.caFile, 'utf8');
  }

  /** An identity from the state folder, towards a server of the authority given in PEM. */
  public identity(name: string, ca: string): Required<Credentials> {
    return { ca, cert: this.file(`pki/${name}.crt`), key: this.file(`pki/${name}.key`) };
  }

  /** A certificate that one who holds an authority's key could make. */
  public async signed(authority: string, change: Partial<LeafSpec>): Promise<Required<Credentials>> {
    const leaf: LeafSpec = {
      name: 'test',
      authority,
      commonName: 'test',
      organizations: [],
      uses: ['client'],
      dnsNames: [],
      ipAddresses: [],
      lifetimeDays: 1,
      ...change,
    };
    const { cert, key } = this.identity(authority, '');
    const pair = await issueLeaf(leaf, { certificate: cert, privateKey: key, publicKey: '' }, new Date());
    return { ca: this.admin.ca, cert: pair.certificate ?? '', key: pair.privateKey };
  }
}

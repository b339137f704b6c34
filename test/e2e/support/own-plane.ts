import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LeafSpec } from '../../../constructs/control-plane';
import { startLocalControlPlane, type LocalControlPlane, type StartOptions } from '../../../local';
import { issueLeaf, publicKeyOf } from '../../../pki';
import { localTools, ownFolder, type OwnFolder } from './own-control-plane';
import { ask, kubeconfigCredentials, type Answer, type Credentials } from './wire';

/** A control plane that a test starts for itself, with settings of its own. */
export class OwnPlane {
  public plane!: LocalControlPlane;
  private readonly folder: OwnFolder = ownFolder();

  /** Starts it, or starts it again with other settings on the same data. */
  public async start(settings: Pick<StartOptions, 'controlPlane' | 'secrets' | 'kms'> = {}): Promise<void> {
    const stateDir = join(this.folder.path, 'control-plane');
    this.plane = await startLocalControlPlane({ stateDir, tools: await localTools(), ...settings });
  }

  /** The state folder as the command takes it: the control plane is below. */
  public get stateDir(): string {
    return this.folder.path;
  }

  public async clear(): Promise<void> {
    await this.folder.clear();
  }

  public get admin(): Required<Credentials> {
    return kubeconfigCredentials(this.plane.kubeconfig);
  }

  /** A request to the API server as the administrator. */
  public async api(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    return this.as(this.admin, method, path, body, headers);
  }

  /** A request to the API server by whom it is told. */
  public async as(
    credentials: Credentials,
    method: string,
    path: string,
    body?: unknown,
    headers = {},
  ): Promise<Answer> {
    return ask(this.plane.ports.apiServer, path, credentials, { method, body, headers });
  }

  /** A request with a token, or with whatever stands in the header. */
  public async bearing(authorization: string, path: string, method = 'GET', body?: unknown): Promise<Answer> {
    return this.as({ ca: this.admin.ca }, method, path, body, { authorization });
  }

  /** Content of a file in the state folder. */
  public file(name: string): string {
    return readFileSync(join(this.plane.stateDir, name), 'utf8');
  }

  /** A certificate that one who holds an authority's key could make, as of a day. */
  public async signed(change: Partial<LeafSpec>, now = new Date()): Promise<Required<Credentials>> {
    const leaf: LeafSpec = {
      name: 'test',
      authority: 'ca',
      commonName: 'test',
      organizations: [],
      uses: ['client'],
      dnsNames: [],
      ipAddresses: [],
      lifetimeDays: 1,
      ...change,
    };
    const [privateKey, certificate] = ['key', 'crt'].map((end) => this.file(`pki/${leaf.authority}.${end}`));
    const authority = { privateKey: privateKey!, publicKey: publicKeyOf(privateKey!), certificate };
    const pair = await issueLeaf(leaf, authority, now);
    return { ca: this.admin.ca, cert: pair.certificate ?? '', key: pair.privateKey };
  }
}

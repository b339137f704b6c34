import { ApiObject, Size } from 'cdk8s';
import { Construct } from 'constructs';
import type { k8s } from '../cdk8s-plus';
import {
  Cpu,
  Deployment,
  EnvValue,
  Probe,
  Secret,
  ServiceAccount,
  Volume,
  type Service,
} from '../cdk8s-plus';
import type { HardenedNamespace } from '../namespace/hardened-namespace';
import { WORKLOAD_LABEL } from '../names';
import { Connection, type ConnectionPeer } from '../network/connection';
import type { Port } from '../network/port';
import { isOutput, type PassedOn } from '../output';
import { afterRender } from '../render/after-render';
import type { SecretSource } from '../secrets/secret-source';
import { serves } from '../serves';
import { isDnsLabel, PropsCheck } from '../validation';
import { hardenPodSpec } from './pod-defaults';

/** Settings of a `HardenedDeployment`. */
export interface HardenedDeploymentProps {
  /** The namespace it lives in. */
  readonly namespace: HardenedNamespace;
  /** The image, with its digest: `registry/name:tag@sha256:…`. */
  readonly image: PassedOn<string>;
  /**
   * Name of the Deployment, its service account and its Service.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * The port that it serves. A Service and a readiness probe come with it.
   *
   * @default - it serves nothing
   */
  readonly port?: Port;
  /**
   * How many pods.
   *
   * @default 2
   */
  readonly replicas?: number;
  /**
   * Arguments of the container.
   *
   * @default - those of the image
   */
  readonly args?: readonly PassedOn<string>[];
  /**
   * Environment variables that are not secret.
   *
   * @default - none
   */
  readonly env?: Readonly<Record<string, PassedOn<string>>>;
  /**
   * Secrets to mount as read-only files, by absolute path of the folder.
   *
   * @default - none
   */
  readonly secretFiles?: Readonly<Record<string, SecretSource>>;
  /**
   * Folders that the container may write to, by absolute path, with the size at which the pod is evicted.
   *
   * @default - none: nothing is writable
   */
  readonly writable?: Readonly<Record<string, Size>>;
  /**
   * User and group id of every container; at least 10000, so that it is no user of the node.
   *
   * @default 10001
   */
  readonly user?: number;
  /**
   * CPU that is reserved, in thousandths of a core.
   *
   * @default 100
   */
  readonly cpuMillis?: number;
  /**
   * Memory that is reserved, which is also the limit.
   *
   * @default - 128 MiB
   */
  readonly memory?: Size;
}

const DEFAULT_USER = 10001;
const LOWEST_USER = 10000;
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/**
 * A Deployment whose pods are admitted in a `restricted` namespace as they come: non-root, read-only, no capability, no
 * escalation, seccomp, no API token, an account of its own, bounded resources, an image pinned by digest.
 *
 * `deployment` is the cdk8s-plus object: what is added there (sidecars, volumes, an autoscaler) is hardened too.
 *
 * Sources: POD-1, POD-2, POD-4, POD-6, POD-7, AUTH-3 (own account); CIS 5.1.5, 5.1.6, 5.2, 5.6.
 */
export class HardenedDeployment extends Construct implements ConnectionPeer {
  /** Name of the workload. */
  public readonly name: string;
  /** Name of the namespace it lives in. */
  public readonly namespace: string;
  /** The ports that its containers open. */
  public readonly ports: readonly Port[];
  /** The account of its pods; nothing is allowed to it until a role says so. */
  public readonly serviceAccount: ServiceAccount;
  /** The cdk8s-plus Deployment, for everything that has no prop here. */
  public readonly deployment: Deployment;
  /** The Service in front of it, where it serves a port. */
  public readonly service?: Service;

  /** @throws KeelsonError naming every prop that is not valid */
  public constructor(scope: Construct, id: string, props: HardenedDeploymentProps) {
    super(scope, id);
    this.name = props.name ?? id;
    this.namespace = props.namespace.name;
    this.ports = props.port === undefined ? [] : [props.port];
    checkProps(this, props);

    const metadata = { name: this.name, namespace: this.namespace };
    const user = props.user ?? DEFAULT_USER;
    this.serviceAccount = new ServiceAccount(this, 'ServiceAccount', { metadata, automountToken: false });
    this.deployment = new Deployment(this, 'Deployment', {
      metadata,
      podMetadata: { labels: { [WORKLOAD_LABEL]: this.name } },
      replicas: props.replicas ?? 2,
      serviceAccount: this.serviceAccount,
      automountServiceAccountToken: false,
      securityContext: { user, group: user, fsGroup: user, ensureNonRoot: true },
      containers: [containerProps(props, this.name, user)],
    });
    this.mountSecrets(props.secretFiles ?? {});
    this.mountWritable(props.writable ?? {});
    afterRender(ApiObject.of(this.deployment), (manifest) => {
      const spec = manifest.spec as k8s.DeploymentSpec;
      const template = { ...spec.template, spec: hardenPodSpec(spec.template.spec!) };
      return { ...manifest, spec: { ...spec, template } };
    });
    if (props.port !== undefined) {
      this.service = this.deployment.exposeViaService({ name: this.name });
    }
    serves(this, 'POD-1', 'POD-2', 'POD-4', 'POD-5', 'POD-6', 'POD-7', 'AUTH-3');
  }

  /**
   * Declares that this workload opens connections to another, and lets them through on both sides.
   *
   * @throws KeelsonError if the other workload opens no such port
   */
  public connectTo(peer: ConnectionPeer, port: Port): Connection {
    return new Connection(this, `To-${peer.namespace}-${peer.name}-${port}`, { from: this, to: peer, port });
  }

  private mountSecrets(secretFiles: Readonly<Record<string, SecretSource>>): void {
    for (const [path, source] of Object.entries(secretFiles)) {
      const secret = Secret.fromSecretName(this, `Secret-${source.name}`, source.name);
      const volume = Volume.fromSecret(this, `SecretVolume-${source.name}`, secret, {
        name: `secret-${source.name}`,
        defaultMode: 0o440,
      });
      this.deployment.containers[0]!.mount(path, volume, { readOnly: true });
    }
  }

  private mountWritable(writable: Readonly<Record<string, Size>>): void {
    Object.entries(writable).forEach(([path, sizeLimit], index) => {
      const volume = Volume.fromEmptyDir(this, `Writable${index}`, `writable-${index}`, { sizeLimit });
      this.deployment.containers[0]!.mount(path, volume);
    });
  }
}

function containerProps(props: HardenedDeploymentProps, name: string, user: number) {
  const memory = props.memory ?? Size.mebibytes(128);
  const cpuMillis = props.cpuMillis ?? 100;
  return {
    name,
    // The cast is what "passed on" means: cdk8s-plus only carries the value to the manifest.
    image: props.image as string,
    args: props.args === undefined ? undefined : [...(props.args as readonly string[])],
    envVariables: Object.fromEntries(
      Object.entries(props.env ?? {}).map(([key, value]) => [key, EnvValue.fromValue(value as string)]),
    ),
    ports:
      props.port === undefined ? [] : [{ number: props.port.number, protocol: props.port.protocol as never }],
    readiness: props.port?.protocol === 'TCP' ? Probe.fromTcpSocket({ port: props.port.number }) : undefined,
    resources: {
      cpu: { request: Cpu.millis(cpuMillis), limit: Cpu.millis(cpuMillis * 4) },
      memory: { request: memory, limit: memory },
    },
    securityContext: { user, group: user },
  };
}

function checkProps(deployment: HardenedDeployment, props: HardenedDeploymentProps): void {
  const user = props.user ?? DEFAULT_USER;
  const replicas = props.replicas ?? 2;
  const check = new PropsCheck(deployment)
    .require(
      isDnsLabel(deployment.name),
      'name',
      `"${deployment.name}" is not a DNS label.`,
      'Use lower case letters, digits and dashes.',
    )
    .require(
      isOutput(props.image) || DIGEST.test(props.image),
      'image',
      `"${String(isOutput(props.image) ? 'an Output' : props.image)}" names no digest, so what runs could change unseen.`,
      'Write registry/name:tag@sha256:… with the digest of the image you reviewed.',
    )
    .require(
      Number.isInteger(user) && user >= LOWEST_USER,
      'user',
      `${user} is root or may be a user of the node.`,
      `Use ${LOWEST_USER} or more.`,
    )
    .require(
      Number.isInteger(replicas) && replicas >= 0,
      'replicas',
      `${isOutput(replicas) ? 'An Output' : replicas} is not a number of pods.`,
      'Use a whole number known at synth.',
    );
  const mounted = [...Object.keys(props.secretFiles ?? {}), ...Object.keys(props.writable ?? {})];
  for (const path of mounted) {
    check.require(
      /^\/.+/.test(path) && !path.includes('..'),
      'writable',
      `"${path}" is no folder in the container.`,
      'Use an absolute path below /.',
    );
  }
  for (const [path, source] of Object.entries(props.secretFiles ?? {})) {
    check.require(
      source.namespace === deployment.namespace,
      `secretFiles["${path}"]`,
      `Secret ${source.namespace}/${source.name} is in another namespace than the workload (${deployment.namespace}).`,
      'A pod mounts Secrets of its own namespace only; declare the Secret there.',
    );
  }
  check.done();
}

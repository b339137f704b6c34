import * as pulumi from '@pulumi/pulumi';
import type { PkiSpec } from '../constructs/control-plane';
import type { Connection } from './connection';
import type { Entry } from './machine/file-list';

/** A value of a resource, which may be known to Pulumi alone. */
type In<T> = pulumi.Input<T>;

/** What all resources of a machine have. */
interface OnMachine {
  /** How the machine is reached. */
  readonly connection: In<Connection>;
}

/** Arguments of {@link NodeFiles}. */
export interface NodeFilesArgs extends OnMachine {
  /** The entries by their absolute path. A content may be secret. */
  readonly files: Readonly<Record<string, In<{ readonly [Key in keyof Entry]: In<Entry[Key]> }>>>;
}

/** Files and folders of a machine with owner, mode and content. Each path is a property of its own, so that a preview names it. */
export class NodeFiles extends pulumi.CustomResource {
  public constructor(
    name: string,
    { connection, files }: NodeFilesArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super('keelson:node:Files', name, { connection, ...files }, opts);
  }
}

/** A large file by its digest, from a file here or an https URL from which the machine gets it. */
export interface NodeBinary {
  /** The SHA-256 digest in hex. */
  readonly sha256: string;
  /**
   * Path of the file here.
   * @default - `url`
   */
  readonly file?: string;
  /**
   * Where the machine gets it.
   * @default - `file`
   */
  readonly url?: string;
}

/** Arguments of {@link NodeBinaries}. */
export interface NodeBinariesArgs extends OnMachine {
  /** The programs by their absolute path on the machine. */
  readonly binaries: Readonly<Record<string, NodeBinary>>;
}

/** Programs of a machine, root's and executable, each by its digest. */
export class NodeBinaries extends pulumi.CustomResource {
  public constructor(
    name: string,
    { connection, binaries }: NodeBinariesArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super('keelson:node:Binaries', name, { connection, ...binaries }, opts);
  }
}

/** Arguments of {@link KernelSettings}. */
export interface KernelSettingsArgs extends OnMachine {
  /** Settings by their name, for example `net.ipv4.ip_forward`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names among them that not every kernel has. */
  readonly optional: readonly string[];
  /** Modules that have to be loaded. */
  readonly modules: readonly string[];
}

/** Settings and modules of the kernel that runs. */
export class KernelSettings extends pulumi.CustomResource {
  public constructor(
    name: string,
    { connection, settings, optional, modules }: KernelSettingsArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super('keelson:node:KernelSettings', name, { connection, optional, modules, ...settings }, opts);
  }
}

/** Arguments of {@link NodeFirewall}. */
export interface NodeFirewallArgs extends OnMachine {
  /** The table that the ruleset replaces, for example `inet keelson`. */
  readonly table: string;
  /** The ruleset, for nft. */
  readonly ruleset: string;
}

/** The firewall as the kernel has it. Rules that would lock out who loads them are taken back by the machine. */
export class NodeFirewall extends pulumi.CustomResource {
  public constructor(name: string, args: NodeFirewallArgs, opts?: pulumi.CustomResourceOptions) {
    super('keelson:node:Firewall', name, { loaded: undefined, rules: undefined, ...args }, opts);
  }
}

/** Arguments of {@link NodeUnit}. */
export interface NodeUnitArgs extends OnMachine {
  /** For example `containerd.service`. */
  readonly unit: string;
  /** Whether it runs now, or only starts with the machine. */
  readonly state: 'running' | 'enabled';
  /** Digests of the files it reads, by their path: where one changes it is restarted. */
  readonly restartedBy: Readonly<Record<string, In<string>>>;
}

/** A unit of systemd that is enabled. */
export class NodeUnit extends pulumi.CustomResource {
  public constructor(
    name: string,
    { restartedBy, ...args }: NodeUnitArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super('keelson:node:Unit', name, { ...args, ...restartedBy }, opts);
  }
}

/** Arguments of {@link NodeImages}. */
export interface NodeImagesArgs extends OnMachine {
  /** The digest of each image, by its name and tag. */
  readonly images: Readonly<Record<string, string>>;
}

/** Images that a machine has before something runs them. */
export class NodeImages extends pulumi.CustomResource {
  public constructor(
    name: string,
    { connection, images }: NodeImagesArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super('keelson:node:Images', name, { connection, ...images }, opts);
  }
}

/** Arguments of {@link ClusterCertificates}. */
export interface ClusterCertificatesArgs {
  /** What all machines share is named after it. */
  readonly cluster: string;
  /** What each machine needs, by its name. */
  readonly machines: Readonly<Record<string, PkiSpec>>;
  /** Random keys by name, with their number of bytes. */
  readonly randomKeys: Readonly<Record<string, number>>;
}

/** Keys and certificates of a cluster. They are secrets, which Pulumi keeps encrypted. */
export class ClusterCertificates extends pulumi.CustomResource {
  /** PEM texts and random keys, by the names of the references that stand for them. Secret. */
  declare public readonly values: pulumi.Output<Readonly<Record<string, string>>>;
  /** The certificate of the cluster's authority, in PEM. */
  declare public readonly authority: pulumi.Output<string>;

  public constructor(name: string, args: ClusterCertificatesArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      'keelson:node:Certificates',
      name,
      { values: undefined, authority: undefined, pairs: undefined, ...args },
      {
        ...opts,
        additionalSecretOutputs: ['values', 'pairs'],
      },
    );
  }
}

/** Arguments of {@link KubeadmNode}. */
export interface KubeadmNodeArgs extends OnMachine {
  /** Whether it is the first of its cluster. */
  readonly action: 'init' | 'join';
  /** What it is in the cluster. */
  readonly role: 'control-plane' | 'worker';
  /** The name of the node. */
  readonly node: string;
  /** kubeadm's documents; `<join-token>` stands where the token belongs. */
  readonly document: string;
  /** kubeadm's document for a join: of the first machine, where it was lost and others of the control plane go on. */
  readonly joinDocument: string;
  /** Where the API is, for example `https://api.example:6443`. */
  readonly server: string;
  /** The certificate of the cluster's authority, in PEM. */
  readonly authority: In<string>;
  /** Control planes that may be asked for a token. */
  readonly controlPlanes: readonly In<Connection>[];
  /** Checks of kubeadm that are only told. */
  readonly ignoredChecks: readonly string[];
}

/** A machine as a node of a cluster, by kubeadm. */
export class KubeadmNode extends pulumi.CustomResource {
  /** Of the first machine: a kubeconfig of an administrator. Secret. */
  declare public readonly kubeconfig: pulumi.Output<string>;

  public constructor(name: string, args: KubeadmNodeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      'keelson:node:Kubeadm',
      name,
      { kubeconfig: undefined, ...args },
      { ...opts, additionalSecretOutputs: ['kubeconfig'] },
    );
  }
}

/** Arguments of {@link ReadyNodes}. */
export interface ReadyNodesArgs {
  /** Control planes that may be asked. */
  readonly controlPlanes: readonly In<Connection>[];
  /** The nodes by their name: their address, and the labels that an administrator sets. */
  readonly nodes: Readonly<
    Record<string, { readonly address: string; readonly labels: Readonly<Record<string, string>> }>
  >;
}

/** All nodes of a cluster, ready, with a serving certificate and their labels. */
export class ReadyNodes extends pulumi.CustomResource {
  public constructor(name: string, args: ReadyNodesArgs, opts?: pulumi.CustomResourceOptions) {
    super('keelson:node:Nodes', name, { ...args }, opts);
  }
}

/** Arguments of {@link Preflight}. */
export interface PreflightArgs {
  /** The certificate of the cluster's authority, in PEM: a machine that is a node of another cluster is refused. */
  readonly authority: In<string>;
  /** From where machines are administered: addresses and ranges. */
  readonly administrators: readonly string[];
  /** The machines by their name. */
  readonly machines: Readonly<
    Record<
      string,
      {
        readonly connection: In<Connection>;
        readonly address: string;
        readonly role: 'control-plane' | 'worker';
      }
    >
  >;
}

/** Looks at all machines, and refuses with every reason at once before anything is changed. */
export class Preflight extends pulumi.CustomResource {
  public constructor(name: string, args: PreflightArgs, opts?: pulumi.CustomResourceOptions) {
    super('keelson:node:Preflight', name, { ...args }, opts);
  }
}

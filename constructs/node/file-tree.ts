import type { RecommendationId } from '../../model';
import type { SecretReference } from '../secrets/secret-reference';

/** Who may do what with a path on a node. */
interface Access {
  /** Absolute path. */
  readonly path: string;
  /** Name of the user it belongs to, for example `root`. */
  readonly owner: string;
  /** Name of the group it belongs to. */
  readonly group: string;
  /** Permissions as a number, for example `0o600`. */
  readonly mode: number;
  /**
   * The recommendation of the guidance that it serves.
   * @default - none
   */
  readonly recommendation?: RecommendationId;
  /**
   * Items of the CIS Kubernetes Benchmark that it answers, for example `4.1.1`.
   * @default - none
   */
  readonly cis?: readonly string[];
}

/** A folder of a node. */
export interface NodeFolder extends Access {
  readonly kind: 'folder';
}

/**
 * A file of a node with its content. Where a secret belongs in it stands a `SecretReference`; what writes the node fills it in,
 * what writes it for review does not.
 */
export interface NodeFile extends Access {
  readonly kind: 'file';
  /** The whole text, a document (or several) that is written as YAML, or a reference where all of it is secret or made elsewhere. */
  readonly content: string | NodeDocument | readonly NodeDocument[] | SecretReference;
}

/** A document as data. A secret in it is a `SecretReference`. */
export type NodeDocument = Readonly<Record<string, unknown>>;

/** A path that something else fills (kubeadm, the kubelet, etcd): its owner and mode are declared, its content is not. */
export interface NodePath extends Access {
  readonly kind: 'path';
}

/** One entry of a node's file tree. */
export type NodeEntry = NodeFolder | NodeFile | NodePath;

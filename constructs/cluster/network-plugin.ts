import { IMAGE_DIGEST, parseImageReference, throwIfAny, type NetworkPlugin, type Problem } from '../../model';
import { NETWORK_TRANSPORTS, type NetworkTransport } from '../node/network-transport';
import { shown } from '../validation';
import { POLICY_GAPS, type PolicyGap } from './policy-gap';

/** A file with manifests, and what is in it. */
export interface PinnedManifests {
  /** Where the file is: a path, as programs open it. */
  readonly path: string;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What is said of every network plugin. */
export interface NetworkPluginProps {
  /** The files that install it, as its project publishes them, or as `helm template` writes them. */
  readonly manifests: readonly PinnedManifests[];
  /**
   * The digests of images that the manifests name by a tag alone, for example
   * `{ 'quay.io/calico/node:v3.31.0': 'sha256:…' }`.
   * @default - the manifests name digests themselves
   */
  readonly images?: Readonly<Record<string, string>>;
}

/** A network plugin that needs ports between nodes, which depend on how it is configured. */
export interface TunnelledPluginProps<Transport extends NetworkTransport> extends NetworkPluginProps {
  /** What it sends between nodes as its manifests configure it; the firewall lets in no more. */
  readonly transports: readonly Transport[];
}

/** Properties of a network plugin that keelson does not list. */
export interface OtherPluginProps extends TunnelledPluginProps<NetworkTransport> {
  /** What it is called in messages. */
  readonly name: string;
  /** What it does not enforce as the NetworkPolicy API says. */
  readonly gaps: readonly PolicyGap[];
  /**
   * Whose policies are written besides those of the NetworkPolicy API.
   * @default - nobody's
   */
  readonly dialect?: NetworkPlugin;
}

/**
 * The network plugin of a cluster: which one, the files that install it by their digests, what it needs between nodes, and what it
 * does not enforce. keelson brings none: the files are yours. Source: NET-5, CIS 5.3.1.
 */
export class ClusterNetworkPlugin {
  /** What it is called in messages. */
  public readonly name: string;
  /** The files that install it. */
  public readonly manifests: readonly PinnedManifests[];
  /** Digests of images that the files name by a tag. */
  public readonly images: Readonly<Record<string, string>>;
  /** What it sends between nodes: `transports` of the nodes. */
  public readonly transports: readonly NetworkTransport[];
  /** What it does not enforce as the NetworkPolicy API says. */
  public readonly gaps: readonly PolicyGap[];
  /** Whose policies are written besides those of the NetworkPolicy API: `network.plugin` of the app. */
  public readonly dialect?: NetworkPlugin;

  /** @throws KeelsonError `construct/invalid` with everything that is wrong with the properties */
  private constructor({ name, manifests, images = {}, transports, gaps, dialect }: OtherPluginProps) {
    throwIfAny(pluginProblems({ name, manifests, images, transports, gaps }));
    this.name = name;
    this.manifests = [...manifests];
    this.images = { ...images };
    this.transports = [...transports];
    this.gaps = [...gaps];
    if (dialect !== undefined) this.dialect = dialect;
  }

  /** Calico. */
  public static calico(
    props: TunnelledPluginProps<Extract<NetworkTransport, `calico-${string}`>>,
  ): ClusterNetworkPlugin {
    return new ClusterNetworkPlugin({
      ...props,
      name: 'calico',
      gaps: POLICY_GAPS.calico,
      dialect: 'calico',
    });
  }

  /** Cilium. */
  public static cilium(
    props: TunnelledPluginProps<Extract<NetworkTransport, `cilium-${string}`>>,
  ): ClusterNetworkPlugin {
    return new ClusterNetworkPlugin({
      ...props,
      name: 'cilium',
      gaps: POLICY_GAPS.cilium,
      dialect: 'cilium',
    });
  }

  /** kube-router, whose nodes tell each other their routes by BGP. */
  public static kubeRouter(props: NetworkPluginProps): ClusterNetworkPlugin {
    const own = { name: 'kube-router', transports: ['kube-router-bgp'] as const };
    return new ClusterNetworkPlugin({ ...props, ...own, gaps: POLICY_GAPS['kube-router'] });
  }

  /** kindnet, whose nodes have routes to each other and need no port. */
  public static kindnet(props: NetworkPluginProps): ClusterNetworkPlugin {
    return new ClusterNetworkPlugin({
      ...props,
      name: 'kindnet',
      transports: [],
      gaps: POLICY_GAPS.kindnet,
    });
  }

  /** Any other: who gives it says what it does not enforce. */
  public static other(props: OtherPluginProps): ClusterNetworkPlugin {
    return new ClusterNetworkPlugin(props);
  }
}

function pluginProblems({ name, manifests, images = {}, transports }: OtherPluginProps): readonly Problem[] {
  const problems: Problem[] = [];
  const require = (ok: boolean, property: string, message: string, fix: string): void => {
    const where = `network plugin ${name}: ${property}`;
    if (!ok) problems.push({ code: 'construct/invalid', where, message, fix });
  };
  require(manifests.length >
    0, 'manifests', 'There is no file.', 'Name the files that install the plugin, with their digests.');
  manifests.forEach(({ sha256 }, index) =>
    require(/^[0-9a-f]{64}$/.test(
      sha256,
    ), `manifests[${index}].sha256`, `${shown(sha256)} is no SHA-256 in hexadecimal.`, 'Write what `sha256sum` prints for the file.'),
  );
  for (const [image, digest] of Object.entries(images)) {
    const parsed = parseImageReference(image);
    require(parsed !== undefined &&
      parsed.digest ===
        undefined, `images["${image}"]`, 'It is no name of an image without a digest.', 'Write the name as it stands in the manifests.');
    require(IMAGE_DIGEST.test(
      digest,
    ), `images["${image}"]`, `${shown(digest)} is no digest.`, 'Write `sha256:` and 64 hexadecimal digits.');
  }
  transports.forEach((transport, index) =>
    require(Object.hasOwn(
      NETWORK_TRANSPORTS,
      transport,
    ), `transports[${index}]`, `${shown(transport)} is no transport.`, `Write one of: ${Object.keys(NETWORK_TRANSPORTS).join(', ')}.`),
  );
  return problems;
}

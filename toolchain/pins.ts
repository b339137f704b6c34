import type { PlatformKey } from './platform';
import type { ToolName } from './tool';

/** A file on a release server, and what it must hash to. */
export interface ReleaseFile {
  /** An https URL on the vendor's own release server. */
  readonly url: string;
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower case hexadecimal digest of the file at `url`. */
  readonly digest: string;
  /** Path of the executable in the tar archive. @default - the file is the executable itself */
  readonly member?: string;
}

/** An official release. */
export interface ReleasePin {
  /** May be newer than the version that is built, as long as `accepts` holds for it. */
  readonly version: string;
  readonly files: Partial<Record<PlatformKey, ReleaseFile>>;
}

/** How a tool is built from the Go module proxy. The sums are those of the module's go.sum. */
export interface BuildPin {
  /** Folder below `toolchain/modules`. */
  readonly module: string;
  /** Path of the main package. */
  readonly package: string;
  /** Flags for the linker: mostly the version that the tool reports. */
  readonly ldflags: string;
  /** Seconds that a cold build took on two busy cores: a hint for the progress line, not a limit. */
  readonly coldSeconds: number;
}

/** Which reported versions are good enough where a tool was not made by keelson. */
export type Acceptance =
  /** The pinned major and minor, any patch. */
  | 'same-minor'
  /** The pinned minor or one beside it: what Kubernetes supports for kubectl. */
  | 'minor-skew'
  /** The pinned major, and not older than the pin. */
  | 'at-least';

/** All that is pinned for a tool. */
export interface ToolPin {
  readonly name: ToolName;
  /** The version that is built, without a leading `v`. */
  readonly version: string;
  readonly accepts: Acceptance;
  /** Arguments that make it print its version and end. */
  readonly versionArguments: readonly string[];
  readonly build: BuildPin;
  /** @default - no release is pinned, because its digest could not be confirmed from a public source */
  readonly release?: ReleasePin;
}

const KUBERNETES = '1.37.2';
const ETCD = '3.7.3';
const PULUMI = '3.216.0';
const PULUMI_KUBERNETES = '4.25.0';

const STRIP = '-s -w';

function kubernetesTool(
  name: ToolName,
  coldSeconds: number,
  accepts: Acceptance,
  versionArguments: readonly string[],
): ToolPin {
  const [major, minor] = KUBERNETES.split('.');
  const variable = (key: string, value: string) => `-X k8s.io/component-base/version.${key}=${value}`;
  return {
    name,
    version: KUBERNETES,
    accepts,
    versionArguments,
    build: {
      module: 'kubernetes',
      package: `k8s.io/kubernetes/cmd/${name}`,
      ldflags: `${STRIP} ${variable('gitVersion', `v${KUBERNETES}`)} ${variable('gitMajor', major!)} ${variable('gitMinor', minor!)}`,
      coldSeconds,
    },
  };
}

function pulumiFile(path: string, digest: string, member: string): ReleaseFile {
  return { url: `https://get.pulumi.com/releases/${path}`, algorithm: 'sha256', digest, member };
}

const cli = (platform: string, digest: string) =>
  pulumiFile(`sdk/pulumi-v3.221.0-${platform}.tar.gz`, digest, 'pulumi/pulumi');

const provider = (platform: string, digest: string) =>
  pulumiFile(
    `plugins/pulumi-resource-kubernetes-v4.25.0-${platform}.tar.gz`,
    digest,
    'pulumi-resource-kubernetes',
  );

/**
 * The pins, in the order in which a build goes quickest: the Kubernetes tools share their packages, so the largest of
 * them comes first. The module versions and sums stand in `toolchain/modules`; a test holds both together.
 *
 * The digests of Pulumi's releases are those that nixpkgs records (`pkgs/by-name/pu/pulumi-bin/data.nix`), which has
 * no 3.216.0: so a newer release is pinned than the one that is built. No public record of the digests of Kubernetes
 * 1.37.2 and etcd 3.7.3 was found: those are built.
 */
export const PINS: readonly ToolPin[] = [
  {
    name: 'etcd',
    version: ETCD,
    accepts: 'same-minor',
    versionArguments: ['--version'],
    build: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3', ldflags: STRIP, coldSeconds: 22 },
  },
  kubernetesTool('kube-apiserver', 270, 'same-minor', ['--version']),
  kubernetesTool('kube-controller-manager', 82, 'same-minor', ['--version']),
  kubernetesTool('kube-scheduler', 10, 'same-minor', ['--version']),
  kubernetesTool('kubectl', 15, 'minor-skew', ['version', '--client']),
  {
    name: 'pulumi',
    version: PULUMI,
    accepts: 'at-least',
    versionArguments: ['version'],
    build: {
      module: 'pulumi',
      package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
      ldflags: `${STRIP} -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI}`,
      coldSeconds: 110,
    },
    release: {
      version: '3.221.0',
      files: {
        'linux-amd64': cli('linux-x64', 'fe736f91b4153f94f859870e34dda01e648552c25f702c8a42282acf3a5db9ad'),
        'linux-arm64': cli('linux-arm64', 'baaf077a8b851da4fd1f6434860b56fec43f877709fe5a22ed3bbd335af57a37'),
        'darwin-amd64': cli('darwin-x64', '6c275ff21c2a2790dc4ac9536be745f0fa65b9eab32e5dc896d1e4cd79fafb6b'),
        'darwin-arm64': cli(
          'darwin-arm64',
          '4d3024f24131440cacc9d04cf9a19dc673c821216fe5fec848d1ce5af0c06092',
        ),
      },
    },
  },
  {
    name: 'pulumi-resource-kubernetes',
    version: PULUMI_KUBERNETES,
    accepts: 'at-least',
    versionArguments: ['-version'],
    build: {
      module: 'pulumi-resource-kubernetes',
      package: '.',
      ldflags: `${STRIP} -X main.version=${PULUMI_KUBERNETES}`,
      coldSeconds: 560,
    },
    release: {
      version: '4.25.0',
      files: {
        'linux-amd64': provider(
          'linux-amd64',
          '6ea3d53c16a00c4d1017c4d109928d8f4801fd7cd978965cd43917561f3774b0',
        ),
        'linux-arm64': provider(
          'linux-arm64',
          'e4260240ed14bff6ed1a5a25a362311380ea1c072544fc262532b8197ea0725c',
        ),
        'darwin-amd64': provider(
          'darwin-amd64',
          'e5dffbef3525bb6f41c2b328afb471149c7396c263d2acd2ef2fab51d63d47f3',
        ),
        'darwin-arm64': provider(
          'darwin-arm64',
          '566425b7767be7184d59c7ea151812c98426d7dab85f93c9c676c1dc9d488d91',
        ),
      },
    },
  },
];

/** The environment variable that names a tool's path outright, for example `KEELSON_KUBE_APISERVER`. */
export function settingOf(name: ToolName): string {
  return `KEELSON_${name.toUpperCase().replaceAll('-', '_')}`;
}

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { debianPackages, type NotToBeHad, type Unpacked } from '../tools/debian/debian';

/** What a server of Debian has, and what kubeadm and kube-proxy ask of it. Runtime and Kubernetes are for the product to bring. */
const PACKAGES = [
  'systemd systemd-sysv dbus openssh-server sudo kmod procps util-linux mount ca-certificates curl',
  'iproute2 iptables nftables conntrack ethtool socat iputils-ping openssl',
]
  .join(' ')
  .split(' ');

/** The file system that machines are made of, from packages of Debian; what was made before is taken from the cache. */
export function machineRootfs(): Unpacked | NotToBeHad {
  const tool = debianPackages(['mmdebstrap']);
  if ('reason' in tool) return tool;
  const release = spawnSync('sh', ['-c', '. /etc/os-release; echo "$VERSION_CODENAME"'], {
    encoding: 'utf8',
  }).stdout.trim();
  const key = createHash('sha256')
    .update([release, ...PACKAGES].join(' '))
    .digest('hex')
    .slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'keelson', 'rootfs');
  const root = join(cache, `${release}-${key}`);
  if (existsSync(root)) return { root };
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(join(cache, 'making-'));
  try {
    const args = [
      '--mode=root',
      '--variant=minbase',
      '--format=directory',
      `--include=${PACKAGES.join(',')}`,
      release,
      join(making, 'root'),
      ...sources(),
    ];
    const { status, stderr } = spawnSync(join(tool.root, 'usr/bin/mmdebstrap'), args, {
      encoding: 'utf8',
      timeout: 600_000,
    });
    if (status !== 0)
      return { reason: `mmdebstrap cannot make a file system: ${stderr.trim().split('\n').pop()}` };
    if (!existsSync(root)) renameSync(join(making, 'root'), root);
    return { root };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Where this system has its packages from. */
function sources(): readonly string[] {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return ['/etc/apt/sources.list', ...files].filter(
    (path) => existsSync(path) && /\.(list|sources)$/.test(path),
  );
}

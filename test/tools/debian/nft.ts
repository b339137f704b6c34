import { join } from 'node:path';
import { debianPackages } from './debian';

/** nft, and the environment that it finds its libraries by. */
export interface Nft {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** nft from its Debian package; or why it cannot be had. */
export function findNft(): Nft | { readonly reason: string } {
  const packages = debianPackages([
    'nftables',
    'libnftables1',
    'libnftnl11',
    'libmnl0',
    'libjansson4',
    'libxtables12',
    'libedit2',
    'libbsd0',
    'libmd0',
    'libgmp10',
  ]);
  if ('reason' in packages) return packages;
  const triplets = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];
  const folders = triplets.flatMap((triplet) => [
    join(packages.root, 'usr/lib', triplet),
    join(packages.root, 'lib', triplet),
  ]);
  return {
    path: join(packages.root, 'usr/sbin/nft'),
    env: { ...process.env, LD_LIBRARY_PATH: folders.join(':') },
  };
}

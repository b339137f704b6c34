import { binaries } from './binaries';
import { certificates } from './certificates';
import { files } from './files';
import { firewall } from './firewall';
import { images } from './images';
import { kernelSettings } from './kernel-settings';
import type { Kind } from './kind';
import { kubeadm } from './kubeadm';
import { nodes } from './nodes';
import { preflight } from './preflight';
import { unit } from './unit';

/** Every kind of resource, by its type. */
export const KINDS: Readonly<Record<string, Kind>> = Object.fromEntries(
  Object.entries({
    Binaries: binaries,
    Certificates: certificates,
    Files: files,
    Firewall: firewall,
    Images: images,
    KernelSettings: kernelSettings,
    Kubeadm: kubeadm,
    Nodes: nodes,
    Preflight: preflight,
    Unit: unit,
  }).map(([name, kind]) => [`keelson:node:${name}`, kind as unknown as Kind]),
);

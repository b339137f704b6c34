export { breakGlass, type BreakGlassAccess } from './break-glass';
export type { LocalControlPlane, LocalEtcd, LocalProcess, LocalTools } from './control-plane';
export { healthyControlPlane as localControlPlane } from './control-plane';
export { writeEncryptionFile } from './encryption-file';
export { KeyRing, type KmsPlugin, type NewKey } from './encryption-keys';
export { withLock } from './lock';
export { startLocalControlPlane, type StartOptions } from './start';
export { stopLocalControlPlane, type StopOptions } from './stop';

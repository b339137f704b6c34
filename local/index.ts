export { breakGlass, type BreakGlassAccess } from './break-glass';
export type { LocalControlPlane, LocalEtcd, LocalProcess, LocalTools } from './control-plane';
export { healthyControlPlane as localControlPlane } from './control-plane';
export { startLocalControlPlane, type StartOptions } from './start';
export { stopLocalControlPlane, type StopOptions } from './stop';

import type { Control } from '../control';
import hostNamespaces from './workload/host-namespaces';
import privilegeEscalation from './workload/privilege-escalation';
import privileged from './workload/privileged';
import readOnlyRoot from './workload/read-only-root';
import runAsNonRoot from './workload/run-as-non-root';

/** Every control that keelson enforces, by id. A control is one file in this folder and one line here. */
export const CONTROLS: readonly Control[] = [
  hostNamespaces,
  privilegeEscalation,
  privileged,
  readOnlyRoot,
  runAsNonRoot,
];

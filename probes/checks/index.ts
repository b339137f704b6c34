import type { Probe } from '../probe';
import accessAsDeclared from './access-as-declared';
import anonymousRefused from './anonymous-refused';
import auditTrail from './audit-trail';
import closedToStrangers from './closed-to-strangers';
import controlPlaneOutOfReach from './control-plane-out-of-reach';
import escalationRefused from './escalation-refused';
import etcdClosed from './etcd-closed';
import hostNamespacesRefused from './host-namespaces-refused';
import networkAsDeclared from './network-as-declared';
import portsAsDeclared from './ports-as-declared';
import privilegedRefused from './privileged-refused';
import releaseSupported from './release-supported';
import rootRefused from './root-refused';
import secretsEncrypted from './secrets-encrypted';
import tlsFloor from './tls-floor';
import tokensRefused from './tokens-refused';
import writableRootRefused from './writable-root-refused';

/** Every probe, by id. A probe is one file in this folder and one line here. */
export const PROBES: readonly Probe[] = [
  accessAsDeclared,
  anonymousRefused,
  auditTrail,
  closedToStrangers,
  controlPlaneOutOfReach,
  escalationRefused,
  etcdClosed,
  hostNamespacesRefused,
  networkAsDeclared,
  portsAsDeclared,
  privilegedRefused,
  releaseSupported,
  rootRefused,
  secretsEncrypted,
  tlsFloor,
  tokensRefused,
  writableRootRefused,
];

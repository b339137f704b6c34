import type { ApiServerPart } from '../control-plane/api-server-part';
import { setting } from '../control-plane/setting';

/**
 * The flags by which the API server decides who may do what, the same for every cluster: as a flag rather than a structured
 * AuthorizationConfiguration: the two say the same, and benchmarks read the flag. Source: AUTH-3, CIS 1.2.6 to 1.2.8.
 */
export function authorizationPart(): ApiServerPart {
  return {
    settings: [setting('authorization-mode', 'Node,RBAC', 'AUTH-3', '1.2.6', '1.2.7', '1.2.8')],
    files: [],
    problems: [],
  };
}

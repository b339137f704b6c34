import type { ApiServerPart } from '../control-plane/api-server-part';
import { auditLogFile, type ControlPlaneLayout } from '../control-plane/layout';
import { setting } from '../control-plane/setting';
import { auditPolicy } from './audit-policy';

/** The flags and files of the API server's audit log. Source: AUD-1, AUD-2, CIS 1.2.16 to 1.2.19, 3.2.1 and 3.2.2. */
export function auditPart(layout: ControlPlaneLayout): ApiServerPart {
  return {
    settings: [
      setting('audit-policy-file', `${layout.configuration}/audit-policy.yaml`, 'AUD-1', '3.2.1'),
      setting('audit-log-path', auditLogFile(layout), 'AUD-1', '1.2.16'),
      setting('audit-log-format', 'json', 'AUD-1'),
      // A response leaves the server only after its event is written.
      setting('audit-log-mode', 'blocking', 'AUD-2'),
      setting('audit-log-maxage', 30, 'AUD-2', '1.2.17'),
      setting('audit-log-maxbackup', 10, 'AUD-2', '1.2.18'),
      setting('audit-log-maxsize', 100, 'AUD-2', '1.2.19'),
    ],
    files: [
      {
        path: `${layout.configuration}/audit-policy.yaml`,
        content: auditPolicy(),
        recommendation: 'AUD-1',
        cis: ['3.2.1', '3.2.2'],
      },
    ],
    problems: [],
  };
}

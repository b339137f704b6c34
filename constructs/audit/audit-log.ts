import { zod } from '../../model/zod';
import { auditLogFile, type ControlPlaneLayout } from '../control-plane/layout';
import { setting, type Setting } from '../control-plane/setting';

/**
 * How much of the log is kept. The benchmark's own values are the least; there is no way to switch the log off, or to make it
 * forget on a full buffer. Source: AUD-2, CIS 1.2.17 to 1.2.19.
 */
export interface AuditLogProps {
  /**
   * How long a rotated file is kept, in days from 30 to 3650.
   * @default 30
   */
  readonly maxAgeDays?: number;
  /**
   * How many rotated files are kept, from 10 to 1000.
   * @default 10
   */
  readonly maxFiles?: number;
  /**
   * The size at which a file is rotated, in megabytes from 100 to 1000.
   * @default 100
   */
  readonly maxFileMegabytes?: number;
  /**
   * Whether rotated files are compressed with gzip.
   * @default false
   */
  readonly compress?: boolean;
}

/** What the properties have to be. */
export function auditLogShape() {
  const z = zod();
  return z.strictObject({
    maxAgeDays: z.int().min(30).max(3650).optional(),
    maxFiles: z.int().min(10).max(1000).optional(),
    maxFileMegabytes: z.int().min(100).max(1000).optional(),
    compress: z.boolean().optional(),
  });
}

/** The flags of the log. Source: AUD-1, AUD-2, CIS 1.2.16 to 1.2.19. */
export function auditLogSettings(layout: ControlPlaneLayout, props: AuditLogProps = {}): readonly Setting[] {
  return [
    setting('audit-log-path', auditLogFile(layout), 'AUD-1', '1.2.16'),
    setting('audit-log-format', 'json', 'AUD-1'),
    // A response leaves the server only after its event is written.
    setting('audit-log-mode', 'blocking', 'AUD-2'),
    setting('audit-log-maxage', props.maxAgeDays ?? 30, 'AUD-2', '1.2.17'),
    setting('audit-log-maxbackup', props.maxFiles ?? 10, 'AUD-2', '1.2.18'),
    setting('audit-log-maxsize', props.maxFileMegabytes ?? 100, 'AUD-2', '1.2.19'),
    ...(props.compress === true ? [setting('audit-log-compress', true)] : []),
  ];
}

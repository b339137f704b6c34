import { zod } from '../../model/zod';
import { webhookShape, type Webhook } from '../access/webhook-kubeconfig';
import { setting, type Setting } from '../control-plane/setting';

/**
 * A service that is sent every event that the log holds, in batches: no request waits for it, and the log goes on where it is away.
 * What does not fit into the buffer in the meantime is in the log alone. Source: AUD-2.
 */
export interface AuditWebhookProps extends Webhook {
  /**
   * How many events wait for a batch at most, from 100 to 1000000. A longer outage needs more, and memory for them.
   * @default 10000
   */
  readonly bufferSize?: number;
  /**
   * How many events a batch holds at most, from 1 to 10000.
   * @default 400
   */
  readonly batchSize?: number;
  /**
   * How long an event waits for its batch to fill, in seconds from 1 to 300.
   * @default 30
   */
  readonly batchWaitSeconds?: number;
  /**
   * How many batches are sent in a second on average, from 1 to 1000.
   * @default 10
   */
  readonly batchesPerSecond?: number;
  /**
   * How long to wait before a batch that failed is sent again, in seconds from 1 to 300; each further try waits longer.
   * @default 10
   */
  readonly initialBackoffSeconds?: number;
  /**
   * The size above which an event is sent without its bodies, in KiB from 10 to 10240. One that is still larger is in the log alone.
   * @default 100
   */
  readonly maxEventKibibytes?: number;
}

/** What the properties have to be. */
export function auditWebhookShape() {
  const z = zod();
  return z.strictObject({
    ...webhookShape(),
    bufferSize: z.int().min(100).max(1_000_000).optional(),
    batchSize: z.int().min(1).max(10_000).optional(),
    batchWaitSeconds: z.int().min(1).max(300).optional(),
    batchesPerSecond: z.int().min(1).max(1000).optional(),
    initialBackoffSeconds: z.int().min(1).max(300).optional(),
    maxEventKibibytes: z.int().min(10).max(10_240).optional(),
  });
}

/** The largest batch, in bytes: what the largest event and its neighbours need. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** The flags by which the API server finds the webhook, and how it sends. Source: AUD-2. */
export function auditWebhookSettings(kubeconfig: string, props: AuditWebhookProps): readonly Setting[] {
  return [
    setting('audit-webhook-config-file', kubeconfig, 'AUD-2'),
    setting('audit-webhook-mode', 'batch', 'AUD-2'),
    setting('audit-webhook-initial-backoff', `${props.initialBackoffSeconds ?? 10}s`),
    setting('audit-webhook-batch-buffer-size', props.bufferSize ?? 10_000, 'AUD-2'),
    setting('audit-webhook-batch-max-size', props.batchSize ?? 400),
    setting('audit-webhook-batch-max-wait', `${props.batchWaitSeconds ?? 30}s`),
    setting('audit-webhook-batch-throttle-qps', props.batchesPerSecond ?? 10),
    setting('audit-webhook-truncate-enabled', true),
    setting('audit-webhook-truncate-max-event-size', (props.maxEventKibibytes ?? 100) * 1024),
    setting('audit-webhook-truncate-max-batch-size', MAX_BATCH_BYTES),
  ];
}

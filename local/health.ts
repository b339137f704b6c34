import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOOPBACK } from './layout';

/** Whom to trust and who to be on a TLS connection; all PEM. */
export interface TlsIdentity {
  readonly ca: string;
  readonly certificate?: string;
  readonly privateKey?: string;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** One request to a loopback port over TLS 1.3, the server verified; rejects after 3 s. */
export async function send(
  port: number,
  path: string,
  tls: TlsIdentity,
  message: { readonly method?: string; readonly body?: unknown } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: LOOPBACK,
        port,
        path,
        method: message.method ?? 'GET',
        agent: false,
        timeout: 3_000,
        minVersion: 'TLSv1.3',
        ca: tls.ca,
        cert: tls.certificate,
        key: tls.privateKey,
        headers: { 'content-type': 'application/json' },
      },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => (body += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
        answer.on('error', reject);
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer within 3 s')));
    call.on('error', reject);
    call.end(message.body === undefined ? undefined : JSON.stringify(message.body));
  });
}

/** Whether a path answers 200. An error counts as no. */
export async function answers(port: number, path: string, tls: TlsIdentity): Promise<boolean> {
  try {
    return (await send(port, path, tls)).status === 200;
  } catch {
    return false;
  }
}

/** Limits of {@link waitUntil}. */
export interface WaitOptions {
  /** How long to wait at most, in ms. */
  readonly timeout: number;
  /** Gives up as soon as this tells why waiting is pointless. */
  readonly giveUp?: () => string | undefined;
  /** Stops waiting by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Waits until the check holds: undefined when it does, else why it did not come to that. */
export async function waitUntil(
  check: () => Promise<boolean>,
  { timeout, giveUp, signal }: WaitOptions,
): Promise<string | undefined> {
  for (const end = Date.now() + timeout; ;) {
    signal?.throwIfAborted();
    const reason = giveUp?.();
    if (reason !== undefined) return reason;
    if (await check()) return undefined;
    if (Date.now() > end) return `no answer within ${timeout / 1000} s`;
    await sleep(50);
  }
}

import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { HostAccess } from '../probe';

/**
 * Reads the raw value of one key from etcd, through its JSON gateway, as the API server's own identity.
 *
 * @returns the bytes; undefined where there is no such key
 */
export async function readEtcd(etcd: HostAccess['etcd'], key: string): Promise<Buffer | undefined> {
  const body = JSON.stringify({ key: Buffer.from(key).toString('base64') });
  const text = await new Promise<string>((done, fail) => {
    const outgoing = request(
      new URL('/v3/kv/range', etcd.endpoint),
      {
        method: 'POST',
        ca: readFileSync(etcd.caFile),
        cert: readFileSync(etcd.certFile),
        key: readFileSync(etcd.keyFile),
        signal: AbortSignal.timeout(15_000),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () => {
          if (incoming.statusCode === 200) done(Buffer.concat(chunks).toString());
          else fail(new Error(`etcd answered HTTP ${incoming.statusCode}`));
        });
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
  const value = (JSON.parse(text) as { kvs?: { value: string }[] }).kvs?.[0]?.value;
  return value === undefined ? undefined : Buffer.from(value, 'base64');
}

import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { withCanarySecret } from '../canary-secret';
import { defineProbe, resultOf, unavailable } from '../probe';

interface AuditEvent {
  readonly verb?: string;
  readonly level?: string;
  readonly objectRef?: { readonly resource?: string; readonly name?: string };
}

export default defineProbe({
  id: 'audit-trail',
  recommendations: ['AUD-1'],
  claim: 'Reading a Secret leaves its event in the audit log, and its value does not.',
  open: 'exec into a pod and a change of RBAC are not tried',
  run: async ({ client, host }) => {
    if (host === undefined) return unavailable('there is no access to the audit log');
    return withCanarySecret(client, async ({ namespace, name, value }) => {
      await client.send({ path: `/api/v1/namespaces/${namespace}/secrets/${name}` });
      let text = '';
      let event: AuditEvent | undefined;
      for (let tries = 0; event === undefined && tries < 40; tries++) {
        if (tries > 0) await sleep(100);
        text = await lastPart(host.auditLog);
        event = events(text).find(
          ({ verb, objectRef }) =>
            verb === 'get' && objectRef?.resource === 'secrets' && objectRef.name === name,
        );
      }
      const leaked = text.includes(value) || text.includes(Buffer.from(value).toString('base64'));
      return resultOf([
        {
          attempt: 'look for the event of the read',
          seen: event === undefined ? 'not found' : `found, level ${event.level}`,
          ok: event?.level === 'Metadata',
        },
        {
          attempt: 'look for the value in the log',
          seen: leaked ? 'found' : 'not found',
          ok: !leaked && event !== undefined,
        },
      ]);
    });
  },
});

/** The newest 4 MiB of a file, which a probe's own events are surely in. */
async function lastPart(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 4 * 1024 * 1024);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString();
  } finally {
    await file.close();
  }
}

function events(text: string): readonly AuditEvent[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as AuditEvent];
    } catch {
      // The first line of the part may be cut, and the last may be half written.
      return [];
    }
  });
}

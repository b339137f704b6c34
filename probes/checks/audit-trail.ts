import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { withCanarySecret } from '../canary-secret';
import type { ApiRequest } from '../client/api-client';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

interface AuditEvent {
  readonly auditID?: string;
  readonly verb?: string;
  readonly level?: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
}

/** What is done, and what the log must say of it. */
interface Deed extends ApiRequest {
  readonly what: string;
  readonly level: string;
  readonly verb: string;
  /** Resource with subresource, as `pods/exec`. */
  readonly resource: string;
}

export default defineProbe({
  id: 'audit-trail',
  recommendations: ['AUD-1'],
  claim:
    'Reading a Secret, exec into a pod and a change of RBAC each leave their event in the audit log, and the value of the Secret does not.',
  open: 'the exec is into a pod that is not there, and the change is a dry run: the probe leaves nothing behind',
  run: async ({ client, host }) => {
    if (host === undefined) return unavailable('there is no access to the audit log');
    return withCanarySecret(client, async ({ namespace, name, value }) => {
      const attempts: Attempt[] = [];
      for (const deed of deeds(namespace, name)) {
        const id = randomUUID();
        await client.send({ ...deed, headers: { 'audit-id': id } });
        attempts.push(await looked(host.auditLog, deed, id));
      }
      const text = await lastPart(host.auditLog);
      const leaked = text.includes(value) || text.includes(Buffer.from(value).toString('base64'));
      return resultOf([
        ...attempts,
        { attempt: 'look for the value in the log', seen: leaked ? 'found' : 'not found', ok: !leaked },
      ]);
    });
  },
});

function deeds(namespace: string, name: string): readonly Deed[] {
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`;
  return [
    {
      what: 'read a Secret',
      path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
      level: 'Metadata',
      verb: 'get',
      resource: 'secrets',
    },
    {
      what: 'run a command in a pod',
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/exec?command=true`,
      level: 'RequestResponse',
      verb: 'create',
      resource: 'pods/exec',
    },
    {
      what: 'make a role (dry run)',
      method: 'POST',
      path: `${roles}?dryRun=All`,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
      level: 'RequestResponse',
      verb: 'create',
      resource: 'roles',
    },
  ];
}

/** Looks for the event of a deed; it may follow the answer by a moment. */
async function looked(auditLog: string, deed: Deed, id: string): Promise<Attempt> {
  let event: AuditEvent | undefined;
  for (let tries = 0; event === undefined && tries < 40; tries++) {
    if (tries > 0) await sleep(100);
    event = events(await lastPart(auditLog)).find(
      ({ auditID, verb, objectRef = {} }) =>
        auditID === id &&
        verb === deed.verb &&
        [objectRef.resource, objectRef.subresource].filter(Boolean).join('/') === deed.resource,
    );
  }
  return {
    attempt: `${deed.what}, and look for its event`,
    seen: event === undefined ? 'not found' : `found, level ${event.level}`,
    ok: event?.level === deed.level,
  };
}

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

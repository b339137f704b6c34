/**
 * The probe of the audit log against a fake API server, which writes the events that a policy asks for: a real one of ours cannot be
 * started with a weaker policy. That the probe holds on a real API server is tested in e2e.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditLevel, auditRules, type AuditRule } from '../../../../constructs/control-plane';
import auditTrail from '../../../../probes/checks/audit-trail';
import { ApiClient } from '../../../../probes';
import { serveLoopback } from '../../../tools/loopback-server';

const folder = mkdtempSync(join(tmpdir(), 'keelson-audit-'));
let logs = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VERBS: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', DELETE: 'delete' };

/** The probe's verdict where the API server logs by these rules. */
async function verdict(rules: readonly AuditRule[]) {
  const auditLog = join(folder, `audit-${logs++}.log`);
  writeFileSync(auditLog, '');
  const server = await serveLoopback((request, answer) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const [, group = '', resource = '', subresource] =
        /^\/(?:api|apis\/([^/]+))\/v1\/namespaces\/[^/]+\/([^/?]+)(?:\/[^/?]+(?:\/([^/?]+))?)?/.exec(
          request.url ?? '',
        ) ?? [];
      const verb = VERBS[request.method ?? ''] ?? '';
      const level = auditLevel(rules, {
        user: 'admin',
        groups: [],
        verb,
        path: request.url ?? '',
        resource: { group, name: resource, subresource },
      });
      if (level !== 'None') {
        const body = level === 'Metadata' ? {} : { requestObject: text };
        const event = {
          auditID: request.headers['audit-id'],
          verb,
          level,
          objectRef: { resource, subresource },
          ...body,
        };
        appendFileSync(auditLog, `${JSON.stringify(event)}\n`);
      }
      answer.writeHead(request.method === 'POST' ? 201 : 200).end('{}');
    });
  });
  const client = new ApiClient({ server: server.url, ca: server.ca });
  const host = { auditLog } as never;
  try {
    return (await auditTrail.run({ client, host })).verdict;
  } finally {
    client.close();
    await server.close();
  }
}

const about = (word: string) => (rule: AuditRule) => JSON.stringify(rule).includes(word);
const without = (word: string) => auditRules().filter((rule) => !about(word)(rule));

test('it holds with the policy of every cluster', async () => {
  expect(await verdict(auditRules())).toBe('holds');
});

test.concurrent.each<[string, readonly AuditRule[]]>([
  ['nothing is logged', [{ level: 'None' }]],
  ['everything is logged without its body', [{ level: 'Metadata' }]],
  ['Secrets are logged with their bodies', [{ level: 'RequestResponse' }]],
  ['reads are not logged', [{ level: 'None', verbs: ['get'] }, ...auditRules()]],
  ['the rule for exec is gone', without('pods/exec')],
  ['the rule for roles is gone', without('rbac.authorization.k8s.io')],
  ['exec is noise', [{ level: 'None', resources: [{ group: '', resources: ['pods/*'] }] }, ...auditRules()]],
])('it fails where %s', async (_, rules) => {
  expect(await verdict(rules)).toBe('fails');
});

test('without access to the log it proves nothing', async () => {
  const client = new ApiClient({ server: 'https://127.0.0.1:1' });
  expect((await auditTrail.run({ client })).verdict).toBe('unavailable');
});

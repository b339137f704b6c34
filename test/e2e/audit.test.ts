import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretReference } from '../../constructs/control-plane';
import { x509 } from '../../pki/x509';
import { AuditReceiver, type AuditEvent } from '../tools/audit-receiver';
import { auditActions, type Action, type Actor } from './support/audit-actions';
import { OwnPlane } from './support/own-plane';
import { kubeconfigCredentials, type Credentials } from './support/wire';

jest.setTimeout(600_000);

const own = new OwnPlane();
const canary = `canary-${randomBytes(12).toString('hex')}`;
const token = `token-${randomBytes(12).toString('hex')}`;
/** What the API server itself gave away, and must not log. */
const issued: string[] = [];
const done = new Map<string, { readonly id: string; readonly status: number }>();
let receiver: AuditReceiver;
let actors: Readonly<Record<Actor, Credentials>>;

beforeAll(async () => {
  receiver = await AuditReceiver.start(token);
  await own.start({
    controlPlane: {
      audit: {
        rules: [
          { level: 'RequestResponse', what: { verbs: ['create'], resources: [{ group: 'apps' }] } },
          {
            level: 'None',
            who: { users: ['noisy'] },
            what: { verbs: ['list'], resources: [{ group: '', resources: ['pods'] }] },
          },
        ],
        webhook: {
          url: receiver.url,
          certificateAuthority: receiver.ca,
          credential: { token: new SecretReference('audit/token') },
          batchWaitSeconds: 1,
          initialBackoffSeconds: 1,
        },
      },
    },
    secrets: { 'audit/token': token },
  });
  const kubeconfig = (name: string) =>
    kubeconfigCredentials(join(own.plane.stateDir, `kubeconfig/${name}.conf`));
  actors = {
    admin: own.admin,
    jane: await own.signed({ commonName: 'jane' }),
    noisy: await own.signed({ commonName: 'noisy' }),
    node: await own.signed({ commonName: 'system:node:one', organizations: ['system:nodes'] }),
    controller: kubeconfig('controller-manager'),
    scheduler: kubeconfig('scheduler'),
    glass: await own.signed({ commonName: 'glass', organizations: ['keelson:break-glass'] }),
    nobody: { ca: own.admin.ca },
  };
  for (const action of auditActions(canary, await certificateRequest())) await act(action);
  await settled();
});
afterAll(async () => {
  await own.clear();
  await receiver?.close();
});

async function certificateRequest(): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=somebody',
    keys,
    signingAlgorithm: algorithm,
  });
  return Buffer.from(request.toString('pem')).toString('base64');
}

/** Does it under an id of its own, by which its events are found. */
async function act({ what, as = 'admin', method = 'GET', path, body, headers }: Action): Promise<void> {
  const id = randomUUID();
  const answer = await own.as(actors[as], method, path, body, { ...headers, 'audit-id': id });
  done.set(what, { id, status: answer.status });
  const given = /"token":"(eyJ[^"]+)"/.exec(answer.body)?.[1];
  if (given !== undefined) issued.push(given);
}

const log = (): string => readFileSync(own.plane.auditLog, 'utf8');

function eventsOf(id: string): readonly AuditEvent[] {
  return log()
    .split('\n')
    .filter((line) => line.includes(id))
    .map((line) => JSON.parse(line) as AuditEvent);
}

/** An event may follow its answer: one more request is made, and its event awaited. */
async function settled(): Promise<void> {
  const id = randomUUID();
  await own.api('GET', '/api/v1/nodes', undefined, { 'audit-id': id });
  while (eventsOf(id).length === 0) await sleep(50);
}

const actions = auditActions('', '');

describe('each action leaves the event that it must leave', () => {
  test.each(actions.map((action) => [action.what, action] as const))('%s', (what, action) => {
    const { id, status } = done.get(what)!;
    expect(status).toBe(action.status);
    const events = eventsOf(id);
    if (action.level === undefined) {
      expect(events).toEqual([]);
      return;
    }
    const last = events.at(-1);
    expect(last).toMatchObject({
      level: action.level,
      stage: expect.stringMatching(/^Response(Complete|Started)$/),
      verb: action.verb ?? (action.method === 'POST' ? 'create' : 'get'),
      responseStatus: { code: action.status },
    });
    for (const event of events) {
      expect(event.level).toBe(action.level);
      if (action.level === 'Metadata') {
        expect([event.requestObject, event.responseObject]).toEqual([undefined, undefined]);
      }
    }
    if (action.unread === true) return;
    if (action.level !== 'Metadata' && action.body !== undefined) {
      expect(last?.requestObject).toBeDefined();
    }
    if (action.level === 'RequestResponse') expect(last?.responseObject).toBeDefined();
    if (action.level === 'Request') expect(last?.responseObject).toBeUndefined();
  });

  test('the table has at least thirty actions, of which some leave none', () => {
    expect(actions.length).toBeGreaterThanOrEqual(30);
    expect(actions.filter(({ level }) => level === undefined).length).toBeGreaterThan(3);
  });
});

test('who acts as another is told with both names', () => {
  const [event] = eventsOf(done.get('an administrator acts as another')!.id);
  expect(event).toMatchObject({
    user: { username: 'keelson-admin' },
    impersonatedUser: { username: 'john' },
  });
});

test('no secret value is in the log, nor in what was sent', async () => {
  expect(issued).toHaveLength(1);
  const sent = JSON.stringify(receiver.events);
  const values = [
    canary,
    Buffer.from(canary).toString('base64'),
    Buffer.from(`admin:${canary}`).toString('base64'),
  ];
  for (const value of [...values, token, ...issued]) {
    expect([value, log().includes(value), sent.includes(value)]).toEqual([value, false, false]);
  }
});

test('what a client writes into a URL is in the log: nothing can keep it out', async () => {
  const id = randomUUID();
  await own.api('GET', '/api/v1/namespaces?password=in-the-url', undefined, { 'audit-id': id });
  await settled();
  expect(eventsOf(id)[0]?.requestURI).toContain('in-the-url');
});

test('the reads of the control plane are not logged, but for what carries secrets', () => {
  const carries = ['secrets', 'configmaps', 'serviceaccounts', 'tokenreviews'];
  const reads = log()
    .split('\n')
    .filter((line) => /"username":"system:(kube-controller-manager|kube-scheduler|apiserver)"/.test(line))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(
      ({ verb, objectRef }) =>
        ['get', 'list', 'watch'].includes(verb) && !carries.includes(objectRef?.['resource'] ?? ''),
    );
  expect(reads).toEqual([]);
});

describe('the webhook', () => {
  const arrives = async (id: string): Promise<boolean> => {
    for (let tries = 0; tries < 600; tries++) {
      if (receiver.events.some(({ auditID }) => auditID === id)) return true;
      await sleep(100);
    }
    return false;
  };

  test('is sent what the log holds, by an API server that shows its token', async () => {
    const { id } = done.get('a role is made')!;
    expect(await arrives(id)).toBe(true);
    expect(receiver.events.find(({ auditID }) => auditID === id)).toMatchObject({ level: 'RequestResponse' });
    expect(receiver.strangers).toBe(0);
  });

  test('may be away: requests go on, and the log holds them', async () => {
    await receiver.close();
    const id = randomUUID();
    expect((await own.api('GET', '/api/v1/nodes', undefined, { 'audit-id': id })).status).toBe(200);
    while (eventsOf(id).length === 0) await sleep(50);
    expect(eventsOf(id)).toHaveLength(1);
  });
});

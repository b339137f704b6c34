/**
 * Probes of who is let in, against a fake API server: a real one of ours has no way to be that weak. Each weakness is one that the
 * fake has and must fail for; that the probes hold on a real API server is tested in e2e.
 */
import anonymousRefused from '../../../../probes/checks/anonymous-refused';
import tokensRefused from '../../../../probes/checks/tokens-refused';
import { ApiClient } from '../../../../probes';
import { serveLoopback, type LoopbackServer } from '../../../tools/loopback-server';

interface Weakness {
  /** Whether a request with this header gets in; undefined where the fake decides as a sound one does. */
  readonly lets?: (authorization: string | undefined, path: string) => boolean | undefined;
  readonly lifetimeHours?: number;
  /** Whether tokens end with the Secret that they are bound to. */
  readonly keepsTokens?: boolean;
  readonly bindings?: readonly object[];
}

const HEALTH = ['/livez', '/readyz', '/healthz'];
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const audienceOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { aud: string[] }).aud[0];

/** A fake that issues tokens, knows the good ones and forgets those of a Secret that is gone. */
async function fake({
  lets,
  lifetimeHours = 24,
  keepsTokens = false,
  bindings = [],
}: Weakness): Promise<LoopbackServer> {
  const good = new Map<string, string | undefined>();
  return serveLoopback((request, answer) => {
    const path = (request.url ?? '').split('?')[0]!;
    const reply = (status: number, body: unknown = {}) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const { authorization } = request.headers;
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      if (path.includes('/secrets') && request.method !== 'GET') {
        if (request.method === 'DELETE' && !keepsTokens) {
          for (const [token, secret] of good) if (path.endsWith(`/${secret}`)) good.delete(token);
        }
        return reply(request.method === 'POST' ? 201 : 200);
      }
      if (path.endsWith('/token')) {
        const { spec } = JSON.parse(text) as {
          spec: { audiences?: string[]; boundObjectRef?: { name: string } };
        };
        const claims = { aud: spec.audiences ?? ['api'], sub: 'default', n: good.size };
        const token = `${encode({ alg: 'ES256' })}.${encode(claims)}.AAAA`;
        good.set(token, spec.boundObjectRef?.name);
        const expirationTimestamp = new Date(Date.now() + lifetimeHours * 3_600_000).toISOString();
        return reply(201, { status: { token, expirationTimestamp } });
      }
      if (path.endsWith('bindings')) return reply(200, { items: bindings });
      const token = authorization?.replace('Bearer ', '') ?? '';
      const sound = HEALTH.includes(path) || (good.has(token) && audienceOf(token) === 'api');
      const allowed = lets?.(authorization, path) ?? sound;
      return reply(allowed ? (request.method === 'POST' ? 201 : 200) : 401);
    });
  });
}

async function run(probe: typeof tokensRefused, weakness: Weakness) {
  const server = await fake(weakness);
  const client = new ApiClient({ server: server.url, ca: server.ca });
  try {
    return (await probe.run({ client })).verdict;
  } finally {
    client.close();
    await server.close();
  }
}

const headerOf = (token = '') => {
  try {
    return JSON.parse(Buffer.from(token.split(' ')[1]!.split('.')[0]!, 'base64url').toString()) as {
      alg?: string;
    };
  } catch {
    return {};
  }
};

describe('tokens-refused', () => {
  test('holds where only good tokens get in', async () => {
    expect(await run(tokensRefused, {})).toBe('holds');
  });

  test.each<[string, Weakness]>([
    ['takes basic auth', { lets: (header) => (header?.startsWith('Basic ') ? true : undefined) }],
    ['takes a static token', { lets: (header) => (header === 'Bearer admin' ? true : undefined) }],
    ['takes alg none', { lets: (header) => (headerOf(header).alg === 'none' ? true : undefined) }],
    ['verifies no signature', { lets: (header) => (headerOf(header).alg === 'ES256' ? true : undefined) }],
    [
      'knows no audience',
      {
        lets: (header) =>
          header?.includes('.') && audienceOf(header) === 'keelson-probe' ? true : undefined,
      },
    ],
    ['takes tokens of what is gone', { keepsTokens: true }],
    ['issues tokens for a month', { lifetimeHours: 720 }],
    ['lets nobody in, so that nothing is proved', { lets: () => false }],
  ])('fails where a server %s', async (_, weakness) => {
    expect(await run(tokensRefused, weakness)).toBe('fails');
  });
});

describe('anonymous-refused', () => {
  const binding = (name: string, subject: string, role = name) => ({
    metadata: { name },
    roleRef: { name: role },
    subjects: [{ name: subject }],
  });

  test('holds with the binding that Kubernetes makes itself', async () => {
    const bindings = [binding('system:public-info-viewer', 'system:unauthenticated'), binding('x', 'jane')];
    expect(await run(anonymousRefused, { bindings })).toBe('holds');
  });

  test.each<[string, Weakness]>([
    ['answers everybody', { lets: () => true }],
    ['answers on one more path', { lets: (_, path) => (path === '/version' ? true : undefined) }],
    ['has no health path', { lets: () => false }],
    ['binds nobody', { bindings: [binding('x', 'system:anonymous')] }],
    [
      'binds nobody under a name of Kubernetes',
      { bindings: [binding('system:public-info-viewer', 'system:unauthenticated', 'cluster-admin')] },
    ],
  ])('fails where a server %s', async (_, weakness) => {
    expect(await run(anonymousRefused, weakness)).toBe('fails');
  });
});

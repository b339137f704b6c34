import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { LeafSpec } from '../../../../constructs/control-plane';
import { issueAuthority, issueLeaf, type KeyPair } from '../../../../pki';
import { ApiClient, type ClusterAccess } from '../../../../probes';
import { problemsOfAsync } from '../../support/problems';

const NOW = new Date();
const leaf = (commonName: string, uses: LeafSpec['uses'], ipAddresses: readonly string[]): LeafSpec => ({
  name: commonName,
  authority: 'ca',
  commonName,
  organizations: [],
  uses,
  dnsNames: [],
  ipAddresses,
  lifetimeDays: 1,
});

/** What the server was asked, as it came over the wire. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly authorization?: string;
  readonly contentType?: string;
  readonly body: string;
  /** Common name of the client's certificate. */
  readonly client?: string;
}

let ca: KeyPair;
let otherCa: KeyPair;
let user: KeyPair;
let server: Server;
let origin: string;
let asked: Asked[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const clients: ApiClient[] = [];

beforeAll(async () => {
  [ca, otherCa] = (await Promise.all(
    ['ca', 'other'].map((name) => issueAuthority({ name, commonName: name, lifetimeDays: 1 }, NOW)),
  )) as [KeyPair, KeyPair];
  const serving = await issueLeaf(leaf('api', ['server'], ['127.0.0.1']), ca, NOW);
  user = await issueLeaf(leaf('admin', ['client'], []), ca, NOW);
  server = createServer(
    {
      key: serving.privateKey,
      cert: serving.certificate,
      ca: ca.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const subject = (request.socket as TLSSocket).getPeerCertificate().subject as
          { CN?: string } | undefined;
        asked.push({
          method: request.method!,
          url: request.url!,
          authorization: request.headers.authorization,
          contentType: request.headers['content-type'],
          body: Buffer.concat(chunks).toString(),
          client: subject?.CN,
        });
        answer(request, response);
      });
    },
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  asked = [];
  answer = (_request, response) => response.end('{"kind":"Status"}');
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(() => new Promise((done) => server.close(done)));

function clientWith(access: Partial<ClusterAccess> = {}): ApiClient {
  const client = new ApiClient({ server: origin, ca: ca.certificate, ...access });
  clients.push(client);
  return client;
}

const asAdmin = () => ({ clientCertificate: user.certificate, clientKey: user.privateKey });

describe('who the server sees', () => {
  it('the client certificate', async () => {
    await clientWith(asAdmin()).send({ path: '/api' });
    expect(asked).toMatchObject([{ client: 'admin', authorization: undefined }]);
  });

  it('the token', async () => {
    await clientWith({ token: 'tok' }).send({ path: '/api' });
    expect(asked).toMatchObject([{ authorization: 'Bearer tok', client: undefined }]);
  });

  it('nobody, where the client is anonymous', async () => {
    const anonymous = clientWith({ ...asAdmin(), token: 'tok' }).anonymous();
    clients.push(anonymous);
    await anonymous.send({ path: '/api' });
    expect(asked).toMatchObject([{ client: undefined, authorization: undefined }]);
  });
});

describe('whom the client trusts', () => {
  it('no server that another CA vouches for; nothing is sent to it', async () => {
    const client = clientWith({ ca: otherCa.certificate, token: 'tok' });
    expect(await problemsOfAsync(() => client.send({ path: '/api' }))).toMatchObject([
      { code: 'cluster/unreachable', where: origin },
    ]);
    expect(asked).toEqual([]);
  });

  it('no server by a name that its certificate does not have', async () => {
    const client = clientWith({ server: origin.replace('127.0.0.1', 'localhost'), token: 'tok' });
    expect(await problemsOfAsync(() => client.send({ path: '/api' }))).toMatchObject([
      {
        code: 'cluster/unreachable',
        message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') as string,
      },
    ]);
    expect(asked).toEqual([]);
  });
});

describe('a request', () => {
  it('is a GET without a body, where nothing else is said', async () => {
    await clientWith().send({ path: '/api/v1/namespaces?limit=1' });
    expect(asked).toMatchObject([
      { method: 'GET', url: '/api/v1/namespaces?limit=1', body: '', contentType: undefined },
    ]);
  });

  it('carries its body as JSON, with the type that is asked for', async () => {
    await clientWith().send({ method: 'POST', path: '/a', body: { a: 1 } });
    await clientWith().send({
      method: 'PATCH',
      path: '/b',
      body: [],
      contentType: 'application/json-patch+json',
    });
    expect(asked).toMatchObject([
      { method: 'POST', body: '{"a":1}', contentType: 'application/json' },
      { method: 'PATCH', body: '[]', contentType: 'application/json-patch+json' },
    ]);
  });

  it.each(['/', '/prefix', '/prefix/'])('goes below the path of the server: %s', async (path) => {
    await clientWith({ server: `${origin}${path}` }).send({ path: '/api' });
    expect(asked).toMatchObject([{ url: `${path.replace(/\/$/, '')}/api` }]);
  });
});

describe('an answer', () => {
  it.each([200, 401, 403, 404, 500])('is given back whatever its status: %d', async (status) => {
    answer = (_request, response) => response.writeHead(status).end('{"a":"ü"}');
    const response = await clientWith().send({ path: '/api' });
    expect(response).toMatchObject({ status, body: '{"a":"ü"}' });
    expect(response.json()).toEqual({ a: 'ü' });
  });

  it('has no JSON where it is none', async () => {
    answer = (_request, response) => response.end('ok');
    const response = await clientWith().send({ path: '/livez' });
    expect(response.body).toBe('ok');
    expect(response.json()).toBeUndefined();
  });

  it('that is larger than 16 MiB is not read', async () => {
    answer = (_request, response) => response.end(Buffer.alloc(16 * 1024 * 1024 + 1));
    expect(await problemsOfAsync(() => clientWith().send({ path: '/api' }))).toMatchObject([
      { code: 'cluster/unreachable', message: expect.stringContaining('larger than 16 MiB') as string },
    ]);
  });

  it('that breaks off is no answer', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    };
    expect(await problemsOfAsync(() => clientWith().send({ path: '/api' }))).toMatchObject([
      { code: 'cluster/unreachable' },
    ]);
  });
});

describe('no answer', () => {
  it('names the server and why, and keeps the cause', async () => {
    const client = clientWith({ server: 'https://127.0.0.1:1', token: 'tok' });
    const error = await client.send({ path: '/api' }).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({
      problems: [
        {
          code: 'cluster/unreachable',
          where: 'https://127.0.0.1:1',
          message: 'The API server does not answer (ECONNREFUSED).',
        },
      ],
    });
    expect((error as Error).cause).toMatchObject({ code: 'ECONNREFUSED' });
    expect((error as Error).message).not.toContain('tok');
  });
});

describe('a connection that was kept and that the server has closed meanwhile', () => {
  /** Serves each connection once, and resets it when it is used again, as a server does whose patience is over. */
  const resetsWhenReused = (): void => {
    const used = new WeakSet<object>();
    answer = (request, response) => {
      const { socket } = request;
      if (used.has(socket)) socket.destroy();
      else {
        used.add(socket);
        response.end('{}');
      }
    };
  };

  it.each(['GET', 'PUT', 'DELETE'] as const)(
    'is no reason to fail for %s, however many there are',
    async (method) => {
      resetsWhenReused();
      const client = clientWith();
      expect(await Promise.all([1, 2, 3].map(() => client.send({ path: '/' })))).toHaveLength(3);
      expect((await client.send({ method, path: '/' })).status).toBe(200);
    },
  );

  it('is one for POST: nobody can tell whether it was read', async () => {
    resetsWhenReused();
    const client = clientWith();
    await client.send({ path: '/' });
    await expect(client.send({ method: 'POST', path: '/', body: {} })).rejects.toThrow('ECONNRESET');
  });
});

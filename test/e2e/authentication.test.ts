import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  authenticationConfiguration,
  jwtAuthenticator,
  SecretReference,
  type OidcIssuer,
} from '../../constructs/control-plane';
import { breakGlass } from '../../local';
import { writeFileAtomic } from '../../pki';
import { OidcIssuer as Issuer, type Claims } from '../tools/oidc-issuer';
import { serveLoopback, type LoopbackServer } from '../tools/loopback-server';
import { OwnPlane } from './support/own-plane';
import { ask, kubeconfigCredentials } from './support/wire';

jest.setTimeout(600_000);

const own = new OwnPlane();
let issuer: Issuer;
let settings: OidcIssuer;
/** What the authorization webhook was asked, by the names of users. */
const asked: string[] = [];
let authorizer: LoopbackServer;

beforeAll(async () => {
  issuer = await Issuer.start('kubernetes');
  settings = {
    url: issuer.url,
    audiences: ['kubernetes', 'another'],
    certificateAuthority: issuer.ca,
    username: { claim: 'preferred_username', prefix: 'staff:' },
    groups: { expression: 'claims.?roles.orValue([])', prefix: 'team:' },
    uid: { claim: 'sub' },
    extra: { 'example.com/tenant': 'claims.?tenant.orValue("none")' },
    claimRules: [{ claim: 'hd', requiredValue: 'example.com' }],
    userRules: [{ expression: 'user.username != "staff:former"', message: 'left' }],
  };
  authorizer = await serveLoopback((request, answer) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const { spec } = JSON.parse(text) as { spec: { user: string } };
      asked.push(spec.user);
      const status = { allowed: false, denied: spec.user === 'vetoed' };
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(
        JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', status }),
      );
    });
  });
  await own.start({
    controlPlane: {
      authentication: { issuers: [settings] },
      authorization: {
        webhooks: [
          {
            name: 'veto',
            url: `${authorizer.url}/authorize`,
            certificateAuthority: authorizer.ca,
            credential: { token: new SecretReference('veto') },
            matchConditions: ['request.user in ["vetoed", "jane"]'],
          },
        ],
      },
    },
    secrets: { veto: 'token of the API server' },
  });
  // The API server fetches the issuer's keys in the background.
  for (let tries = 0; tries < 100 && (await whoAmI(good())).status !== 201; tries++) await sleep(100);
});
afterAll(async () => {
  await own.clear();
  await Promise.all([issuer, authorizer].map((server) => server?.close()));
});

const CLAIMS: Claims = {
  sub: '4711',
  preferred_username: 'jane',
  roles: ['dev', 'ops'],
  hd: 'example.com',
};
const good = (more: Claims = {}) => issuer.token({ ...CLAIMS, ...more });
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

async function whoAmI(token: string, scheme = 'Bearer') {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { status, body } = await own.bearing(`${scheme} ${token}`, path, 'POST', {});
  const review = JSON.parse(body) as { status?: { userInfo?: Record<string, unknown> } };
  return { status, user: review.status?.userInfo };
}

describe('tokens of an issuer', () => {
  test('a good one is the mapped user with the mapped groups, and nobody else', async () => {
    const { status, user } = await whoAmI(good());
    expect(status).toBe(201);
    expect(user).toMatchObject({
      username: 'staff:jane',
      uid: '4711',
      groups: ['team:dev', 'team:ops', 'system:authenticated'],
      extra: { 'example.com/tenant': ['none'] },
    });
  });

  test('it may do nothing that no role says', async () => {
    expect((await own.bearing(`Bearer ${good()}`, '/api/v1/secrets')).status).toBe(403);
  });

  test('a name of Kubernetes cannot be told: it gets the prefix as every other', async () => {
    const { user } = await whoAmI(good({ preferred_username: 'system:admin', roles: ['system:masters'] }));
    expect(user).toMatchObject({
      username: 'staff:system:admin',
      groups: ['team:system:masters', 'system:authenticated'],
    });
  });

  test.each<[string, () => string]>([
    ['a signature of somebody else', () => issuer.forged(CLAIMS)],
    ['a key that the issuer does not have', () => issuer.forged(CLAIMS, 'other')],
    ['no signature', () => issuer.unsigned(CLAIMS)],
    ['HMAC with what is public', () => issuer.confused(CLAIMS)],
    ['expired', () => good({ exp: inSeconds(-30) })],
    ['not valid yet', () => good({ nbf: inSeconds(3600) })],
    ['no end', () => good({ exp: undefined })],
    ['for another audience', () => good({ aud: 'elsewhere' })],
    ['for no audience', () => good({ aud: [] })],
    ['of another issuer', () => good({ iss: 'https://login.example.com' })],
    [
      'of the issuer of service accounts',
      () => good({ iss: 'https://kubernetes.default.svc.cluster.local' }),
    ],
    ['a claim rule that fails', () => good({ hd: 'evil.example.com' })],
    ['a claim rule whose claim is missing', () => good({ hd: undefined })],
    ['a user rule that fails', () => good({ preferred_username: 'former' })],
    ['no user', () => good({ preferred_username: undefined })],
    ['groups that are no list', () => good({ roles: 'system:masters' })],
    [
      'claims that were changed afterwards',
      () => {
        const [head, , signature] = good().split('.');
        const [, claims] = good({ preferred_username: 'admin' }).split('.');
        return `${head}.${claims}.${signature}`;
      },
    ],
    ['no token at all', () => 'eyJhbGciOiJub25lIn0'],
  ])('%s: 401', async (_, token) => {
    expect((await whoAmI(token())).status).toBe(401);
  });

  test('basic auth and static tokens: 401', async () => {
    for (const [token, scheme] of [
      [Buffer.from('admin:admin').toString('base64'), 'Basic'],
      ['admin', 'Bearer'],
      ['abcdef.0123456789abcdef', 'Bearer'],
    ] as const) {
      expect([scheme, (await whoAmI(token, scheme)).status]).toEqual([scheme, 401]);
    }
  });
});

describe('client certificates', () => {
  const ports = () => own.plane.ports;
  const etcd = (credentials: object) =>
    ask(ports().etcdClient, '/health', { ca: own.file('pki/etcd/ca.crt'), ...credentials });

  test('one that has expired: 401 at the API server, no handshake at etcd', async () => {
    const lastWeek = new Date(Date.now() - 7 * 86_400_000);
    const old = await own.signed({ organizations: ['keelson:cluster-admins'] }, lastWeek);
    expect((await own.as(old, 'GET', '/api')).status).toBe(401);
    const fresh = await own.signed({ organizations: ['keelson:cluster-admins'] });
    expect((await own.as(fresh, 'GET', '/api')).status).toBe(200);

    const names = { authority: 'etcd/ca', dnsNames: ['apiserver.etcd.keelson'] };
    const { cert, key } = await own.signed(names, lastWeek);
    await expect(etcd({ cert, key })).rejects.toThrow();
    const good = await own.signed(names);
    expect((await etcd({ cert: good.cert, key: good.key })).status).toBe(200);
  });

  test('one of another authority is refused by each; without one, controller manager and scheduler say 403', async () => {
    const stranger = await own.signed({ authority: 'front-proxy-ca', organizations: ['system:masters'] });
    expect((await own.as(stranger, 'GET', '/api')).status).toBe(401);
    for (const port of [ports().controllerManager, ports().scheduler]) {
      expect((await ask(port, '/metrics', stranger)).status).toBe(401);
      expect((await ask(port, '/metrics', { ca: own.admin.ca })).status).toBe(403);
    }
  });

  test('one that only serves is no client', async () => {
    const server = await own.signed({ organizations: ['keelson:cluster-admins'], uses: ['server'] });
    expect((await own.as(server, 'GET', '/api')).status).toBe(401);
  });
});

describe('break-glass', () => {
  test('lets one person in, for hours, and says who it was', async () => {
    const { kubeconfig, expires } = await breakGlass(own.plane.stateDir, {
      person: 'jane@example.com',
      hours: 2,
    });
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
    expect(Math.round((expires.getTime() - Date.now()) / 60_000)).toBe(120);
    const jane = kubeconfigCredentials(kubeconfig);
    expect((await own.as(jane, 'GET', '/api/v1/nodes')).status).toBe(200);
    const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const { body } = await own.as(jane, 'POST', reviews, {});
    expect(JSON.parse(body)).toMatchObject({
      status: { userInfo: { username: 'keelson:break-glass:jane@example.com' } },
    });
  });

  test('ends by itself', async () => {
    const identity = { commonName: 'keelson:break-glass:jane', organizations: ['keelson:break-glass'] };
    const yesterday = new Date(Date.now() - 3 * 3_600_000);
    const jane = await own.signed({ ...identity, lifetimeDays: 2 / 24 }, yesterday);
    expect((await own.as(jane, 'GET', '/api/v1/nodes')).status).toBe(401);
    const still = await own.signed({ ...identity, lifetimeDays: 4 / 24 }, yesterday);
    expect((await own.as(still, 'GET', '/api/v1/nodes')).status).toBe(200);
  });
});

test('an authorization webhook refuses what a role allows, and is asked only where it should be', async () => {
  const groups = { organizations: ['keelson:cluster-admins'] };
  const vetoed = await own.signed({ ...groups, commonName: 'vetoed' });
  const jane = await own.signed({ ...groups, commonName: 'jane' });
  const john = await own.signed({ ...groups, commonName: 'john' });
  const statuses = [];
  for (const user of [vetoed, jane, john]) statuses.push((await own.as(user, 'GET', '/api/v1/nodes')).status);
  expect(statuses).toEqual([403, 200, 200]);
  expect([...new Set(asked)].sort()).toEqual(['jane', 'vetoed']);
});

test('without a prefix, names of Kubernetes are still refused by the rules that are always there', async () => {
  // Groups by a claim: an expression would bring a rule that asks for its prefix.
  const groups = { claim: 'roles', prefix: 'team:' };
  const bare = jwtAuthenticator({ ...settings, groups }) as { claimMappings: object };
  const mappings = {
    ...bare.claimMappings,
    username: { claim: 'preferred_username', prefix: '' },
    groups: { claim: 'roles', prefix: '' },
  };
  const configuration = { ...authenticationConfiguration(), jwt: [{ ...bare, claimMappings: mappings }] };
  await writeFileAtomic(
    join(own.plane.stateDir, 'config/authentication.yaml'),
    JSON.stringify(configuration),
  );
  let user: unknown;
  for (let tries = 0; tries < 400 && user !== 'jane'; tries++) {
    user = (await whoAmI(good())).user?.['username'];
    if (user !== 'jane') await sleep(200);
  }
  expect(user).toBe('jane');
  expect((await whoAmI(good({ preferred_username: 'system:admin' }))).status).toBe(401);
  expect((await whoAmI(good({ preferred_username: 'keelson:break-glass:jane' }))).status).toBe(401);
  expect((await whoAmI(good({ roles: ['dev', 'system:masters'] }))).status).toBe(401);
  expect((await whoAmI(good({ roles: ['keelson:cluster-admins'] }))).status).toBe(401);
});

test('a key of service accounts is rotated: tokens of the old one are taken until it is dropped', async () => {
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const issue = async () =>
    (JSON.parse((await own.api('POST', path, {})).body) as { status: { token: string } }).status.token;
  const old = await issue();
  const pki = join(own.plane.stateDir, 'pki');
  copyFileSync(join(pki, 'sa.pub'), join(pki, 'sa-old.pub'));
  rmSync(join(pki, 'sa.key'));
  rmSync(join(pki, 'sa.pub'));
  await own.start({
    controlPlane: { authentication: { serviceAccounts: { acceptedKeys: ['sa-old'], maxLifetimeHours: 1 } } },
  });
  const fresh = await issue();
  expect([(await whoAmI(old)).status, (await whoAmI(fresh)).status]).toEqual([201, 201]);
  await own.start();
  expect([(await whoAmI(old)).status, (await whoAmI(fresh)).status]).toEqual([401, 201]);
});

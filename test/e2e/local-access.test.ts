import { POD_KINDS, wrapPod } from '../../policies';
import { examplePod } from '../../policies/example-pod';
import { SharedPlane } from './support/shared-plane';
import { ask, type Credentials } from './support/wire';

let shared: SharedPlane;

beforeAll(async () => {
  shared = await SharedPlane.enter();
});
afterAll(() => shared.leave());

describe('identities', () => {
  const whoAmI = async (credentials: Credentials, headers = {}) => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const answer = await ask(shared.plane.ports.apiServer, path, credentials, {
      method: 'POST',
      body: {},
      headers,
    });
    const review = JSON.parse(answer.body) as {
      status: { userInfo?: { username: string; groups: string[] } };
    };
    return [answer.status, review.status.userInfo?.username, review.status.userInfo?.groups];
  };
  const claim = { 'x-remote-user': 'system:admin', 'x-remote-group': 'system:masters' };

  test('the administrator is bound by a role, not above all of them', async () => {
    expect(await whoAmI(shared.admin)).toEqual([
      201,
      'keelson-admin',
      ['keelson:cluster-admins', 'system:authenticated'],
    ]);
  });

  test('only the front proxy may speak for another user', async () => {
    expect((await whoAmI(shared.admin, claim))[1]).toBe('keelson-admin');
    const other = await shared.signed('front-proxy-ca', { commonName: 'not-the-front-proxy' });
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const answer = await ask(shared.plane.ports.apiServer, path, other, {
      method: 'POST',
      body: {},
      headers: claim,
    });
    expect(answer.status).toBe(401);
    expect((await whoAmI(shared.identity('front-proxy-client', shared.admin.ca), claim))[1]).toBe(
      'system:admin',
    );
  });

  test('a certificate of another authority is nobody', async () => {
    const stranger = await shared.signed('etcd/ca', { organizations: ['system:masters'] });
    expect((await ask(shared.plane.ports.apiServer, '/api', stranger)).status).toBe(401);
  });

  test('a user without a role may do nothing', async () => {
    const user = await shared.signed('ca', { commonName: 'jane' });
    for (const path of ['/api/v1/secrets', '/api/v1/nodes', `/api/v1/namespaces/${shared.namespace}/pods`]) {
      expect((await ask(shared.plane.ports.apiServer, path, user)).status).toBe(403);
    }
  });

  test('a node changes itself and no other', async () => {
    const names = ['a', 'b'].map((suffix) => `${shared.namespace}-${suffix}`);
    for (const name of names) await shared.api('POST', '/api/v1/nodes', { metadata: { name } });
    const node = await shared.signed('ca', {
      commonName: `system:node:${names[0]}`,
      organizations: ['system:nodes'],
    });
    const label = async (name = '') =>
      ask(shared.plane.ports.apiServer, `/api/v1/nodes/${name}`, node, {
        method: 'PATCH',
        body: { metadata: { annotations: { changed: 'yes' } } },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    const answers = [await label(names[0]), await label(names[1])];
    for (const name of names) await shared.api('DELETE', `/api/v1/nodes/${name}`);
    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
  });

  test('a token lasts at most a day, whatever was asked for', async () => {
    const body = { spec: { expirationSeconds: 30 * 86_400 } };
    const path = `/api/v1/namespaces/${shared.namespace}/serviceaccounts/default/token`;
    const answer = JSON.parse((await shared.api('POST', path, body)).body) as {
      status: { expirationTimestamp: string };
    };
    const seconds = (Date.parse(answer.status.expirationTimestamp) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(23 * 3600);
    expect(seconds).toBeLessThan(25 * 3600);
  });
});

describe('admission', () => {
  const pod = (securityContext: object) => ({
    metadata: { name: 'pod' },
    spec: {
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'main', image: 'example.com/app:1', securityContext }],
    },
  });
  const create = (where: string, what: string, body: unknown) =>
    shared.api('POST', `/api/v1/namespaces/${where}/${what}?dryRun=All`, body);

  test('a privileged pod is refused in a restricted namespace, and in kube-system, whose label enforces nothing', async () => {
    for (const where of [shared.namespace, 'kube-system']) {
      const answer = await create(where, 'pods', pod({ privileged: true }));
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('violates PodSecurity \\"restricted:v1.37\\"');
    }
  });

  test('a restricted pod is admitted', async () => {
    const { metadata, spec } = wrapPod(POD_KINDS[0]!, examplePod(), 'pod', shared.namespace);
    const sound = { metadata, spec };
    expect((await create(shared.namespace, 'pods', sound)).status).toBe(201);
  });

  test('a Service takes over no external address', async () => {
    const spec = { ports: [{ port: 80 }], externalIPs: ['192.0.2.1'] };
    const answer = await create(shared.namespace, 'services', { metadata: { name: 'service' }, spec });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('external');
  });

  test('a flood of events is stopped', async () => {
    const event = (index: number) => ({
      metadata: { name: `flood-${index}` },
      involvedObject: { kind: 'Namespace', name: shared.namespace, namespace: shared.namespace },
      reason: 'Flood',
    });
    const path = `/api/v1/namespaces/${shared.namespace}/events`;
    const answers = await Promise.all(
      Array.from({ length: 250 }, (_, index) => shared.api('POST', path, event(index))),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(201);
    expect(statuses).toContain(429);
  });
});

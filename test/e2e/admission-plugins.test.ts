import { Chart } from 'cdk8s';
import { KeelsonApp, renderApp } from '../../constructs';
import { ADDED_ADMISSION_PLUGINS, SecretReference } from '../../constructs/control-plane';
import { AdmissionPolicies } from '../../policies';
import { examplePod, podWithSecurity } from '../../policies/example-pod';
import { serveLoopback, type LoopbackServer } from '../tools/loopback-server';
import { OwnPlane } from './support/own-plane';

jest.setTimeout(600_000);

const own = new OwnPlane();
let images: LoopbackServer;

beforeAll(async () => {
  images = await serveLoopback((request, answer) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const allowed = !text.includes('forbidden.example');
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(
        JSON.stringify({
          apiVersion: 'imagepolicy.k8s.io/v1alpha1',
          kind: 'ImageReview',
          status: { allowed },
        }),
      );
    });
  });
  const app = new KeelsonApp();
  new AdmissionPolicies(new Chart(app, 'policies'), 'admission');
  await own.start({
    controlPlane: {
      admission: {
        plugins: ADDED_ADMISSION_PLUGINS,
        eventLimits: { user: { perSecond: 1, burst: 3 } },
        nodeSelectors: { allowed: { batch: 'pool=batch' } },
        tolerations: { allowed: [{ key: 'pool', operator: 'Exists' }] },
        limitedResources: [{ resource: 'persistentvolumeclaims', matchContains: ['requests.storage'] }],
        imagePolicy: {
          url: `${images.url}/review`,
          certificateAuthority: images.ca,
          credential: { token: new SecretReference('images') },
        },
        policies: renderApp(app).objects.map(({ manifest }) => ({ ...manifest })),
      },
    },
    secrets: { images: 'token of the API server' },
  });
  // No label loosens it: the policies from the file are what refuses, before anything else was ever applied.
  for (const name of ['batch', 'other'])
    await own.api('POST', '/api/v1/namespaces', namespace(name, 'restricted'));
});
afterAll(async () => {
  await own.clear();
  await images?.close();
});

const namespace = (name: string, level: string) => ({
  metadata: {
    name,
    labels: { 'pod-security.kubernetes.io/enforce': level },
    annotations: name === 'batch' ? { 'scheduler.alpha.kubernetes.io/node-selector': 'pool=batch' } : {},
  },
});
const owner = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'owner',
  uid: '0c5a1f4e-0000-4000-8000-000000000000',
};
const create = (where: string, spec: object, query = '?dryRun=All') =>
  own.api('POST', `/api/v1/namespaces/${where}/pods${query}`, {
    metadata: { name: 'pod', ownerReferences: [owner] },
    spec,
  });

describe('policies from a file', () => {
  test('refuse in a cluster in which nothing was applied', async () => {
    const list = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
    expect(JSON.parse((await own.api('GET', list)).body)).toMatchObject({ items: [] });
    const answer = await own.api('POST', '/api/v1/namespaces', namespace('loose', 'privileged'));
    expect(answer.status).toBe(403);
    expect(answer.body).toContain("ValidatingAdmissionPolicy 'keelson-namespace-pod-security.static.k8s.io'");
  });

  test('are nothing that an administrator could remove, or take the name of', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
    const name = 'keelson-namespace-pod-security.static.k8s.io';
    expect((await own.api('DELETE', `${path}/${name}`)).status).toBe(404);
    expect((await own.api('DELETE', path)).status).toBe(200);
    const spec = { policyName: name, validationActions: ['Audit'] };
    expect((await own.api('POST', path, { metadata: { name }, spec })).status).toBe(422);
    expect((await own.api('POST', '/api/v1/namespaces', namespace('loose', 'privileged'))).status).toBe(403);
  });

  test('admit what breaks no control', async () => {
    expect((await create('other', examplePod())).status).toBe(201);
    expect((await create('other', podWithSecurity({ readOnlyRootFilesystem: false }))).status).toBe(403);
  });
});

describe('plugins with a configuration', () => {
  const specOf = (body: string) => (JSON.parse(body) as { spec: Record<string, unknown> }).spec;

  test('PodNodeSelector and AlwaysPullImages write into pods', async () => {
    const batch = specOf((await create('batch', examplePod())).body);
    expect(batch['nodeSelector']).toEqual({ pool: 'batch' });
    expect((batch['containers'] as object[])[0]).toMatchObject({ imagePullPolicy: 'Always' });
    expect(specOf((await create('other', examplePod())).body)['nodeSelector']).toBeUndefined();
    expect((await create('batch', examplePod({ nodeSelector: { pool: 'other' } }))).status).toBe(403);
  });

  test('PodTolerationRestriction refuses what is not on the list', async () => {
    const tolerating = (key: string) => examplePod({ tolerations: [{ key, operator: 'Exists' }] });
    expect((await create('other', tolerating('pool'))).status).toBe(201);
    const answer = await create('other', tolerating('anything'));
    // The plugin answers 500 and not 403.
    expect([answer.status, answer.body]).toEqual([500, expect.stringContaining('pod tolerations')]);
  });

  test('ResourceQuota refuses storage that no quota covers', async () => {
    const claim = {
      metadata: { name: 'claim' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const answer = await own.api('POST', '/api/v1/namespaces/other/persistentvolumeclaims', claim);
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('insufficient quota')]);
  });

  test('EventRateLimit limits a user', async () => {
    const event = (index: number) => ({
      metadata: { name: `event-${index}` },
      involvedObject: { kind: 'Namespace', name: 'other', namespace: 'other' },
    });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        own.api('POST', '/api/v1/namespaces/other/events', event(index)),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 429]));
  });

  test('ImagePolicyWebhook is asked, and where it is away no image may run', async () => {
    const image = `forbidden.example/app:1@sha256:${'0123456789abcdef'.repeat(4)}`;
    const refused = await create('other', examplePod({}, { image }));
    expect([refused.status, refused.body]).toEqual([
      403,
      expect.stringContaining('rejected by webhook backend'),
    ]);
    await images.close();
    const other = image.replace('forbidden', 'unseen');
    expect((await create('other', examplePod({}, { image: other }))).status).toBe(403);
  });
});

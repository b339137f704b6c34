import { kubeconfigPath, readKinds } from '../../../../cli/input/live';
import type { Api } from '../../../../probes/client/list';
import { Reader } from '../../../../cli/input/reader';
import { KINDS, POD_KINDS } from '../../../../policies';
import { problemsOf } from '../../support/problems';

/** An API server that gives its answers one after the other. */
function server(...answers: readonly (readonly [number, unknown])[]) {
  const asked: string[] = [];
  const api: Api = {
    send: async ({ path }) => {
      asked.push(path);
      const [status, body] = answers[asked.length - 1]!;
      return { status, body: '', warnings: [], json: <T>() => body as T };
    },
  };
  return { asked, api };
}

const DEPLOYMENT = POD_KINDS.find(({ kind }) => kind === 'Deployment')!;
const item = (name: string) => ({ metadata: { name, namespace: 'a' } });

test('lists are read page by page to the end, and their items have a type', async () => {
  const { api, asked } = server(
    [200, { items: [item('a')], metadata: { continue: 'x/y' } }],
    [200, { items: [item('b')], metadata: {} }],
  );
  const objects = await readKinds([DEPLOYMENT, DEPLOYMENT], api, 'https://c', new Reader([DEPLOYMENT]));
  expect(asked).toEqual([
    '/apis/apps/v1/deployments?limit=250',
    '/apis/apps/v1/deployments?limit=250&continue=x%2Fy',
  ]);
  expect(objects).toEqual(
    ['a', 'b'].map((name) => ({
      manifest: { apiVersion: 'apps/v1', kind: 'Deployment', ...item(name) },
      source: 'https://c/apis/apps/v1/deployments',
    })),
  );
});

test('what cannot be listed is a problem, and the rest is read', async () => {
  const reader = new Reader([DEPLOYMENT, KINDS.service]);
  const { api } = server([403, {}], [200, { items: [item('s')] }]);
  expect(await readKinds([DEPLOYMENT, KINDS.service], api, 'https://c', reader)).toHaveLength(1);
  expect(reader.problems).toMatchObject([
    {
      code: 'check/unreadable',
      where: 'https://c/apis/apps/v1/deployments',
      message: expect.stringContaining('403'),
    },
  ]);
});

test('the values of a Secret are not kept', async () => {
  const secret = {
    type: 'Opaque',
    data: { password: 'c2VjcmV0' },
    metadata: {
      name: 's',
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"c2VjcmV0"}}',
        kept: 'x',
      },
    },
  };
  const { api } = server([200, { items: [secret] }]);
  const objects = await readKinds([KINDS.secret], api, 'https://c', new Reader([KINDS.secret]));
  expect(JSON.stringify(objects)).not.toContain('c2VjcmV0');
  expect(objects[0]!.manifest).toMatchObject({
    data: { password: '' },
    metadata: { annotations: { kept: 'x' } },
  });
});

test('the kubeconfig is the one that was named, then the first of KUBECONFIG that is there', () => {
  expect(kubeconfigPath('given', { KUBECONFIG: 'x' })).toBe('given');
  expect(kubeconfigPath(undefined, { KUBECONFIG: `/none:${__filename}` })).toBe(__filename);
  expect(kubeconfigPath(undefined, { KUBECONFIG: '/none' })).toBe('/none');
});

test('no cluster is guessed', () => {
  jest.spyOn(process, 'cwd').mockReturnValue('/');
  expect(problemsOf(() => kubeconfigPath(undefined, {}))).toMatchObject([{ code: 'kubeconfig/invalid' }]);
});

test('a role in which only Kubernetes itself wrote is counted and not judged; one that somebody else touched is', async () => {
  const role = (name: string, ...managers: readonly string[]) => ({
    metadata: { name, managedFields: managers.map((manager) => ({ manager })) },
    rules: [],
  });
  const items = [
    role('system:built-in', 'kube-apiserver'),
    role('admin', 'kube-apiserver', 'clusterrole-aggregation-controller'),
    role('view', 'kube-apiserver', 'kubectl-edit'),
    role('system:mine'),
  ];
  const reader = new Reader([KINDS.clusterRole]);
  const { api } = server([200, { items }]);
  const objects = await readKinds([KINDS.clusterRole], api, 'https://c', reader);
  expect(objects.map(({ manifest }) => manifest.metadata.name)).toEqual(['view', 'system:mine']);
  expect([...reader.notJudged.values()]).toEqual([2]);
});

/** The table that rules are typed by holds what the API server of the target release serves: no more, and no less. */
import { apiResources } from '../../constructs/access/api-resources';
import { ApiClient, readKubeconfig } from '../../probes';
import { discoverActions } from '../../probes/client/discovery';
import { ASKED_BY_NAME } from '../../schemas/asked-by-name';
import { SharedPlane } from './support/shared-plane';

let shared: SharedPlane;
beforeAll(async () => {
  shared = await SharedPlane.enter();
});
afterAll(() => shared?.leave());

const told = (group: string, resource: string, verb: string): string => `${verb} ${group}/${resource}`;

/** What no discovery tells, and parts of Kubernetes ask for. */
const byName = new Set(
  ASKED_BY_NAME.flatMap(({ group, name, verbs }) => verbs.map((verb) => told(group, name, verb))),
);

it('the table and the discovery of the API server are the same, verb by verb', async () => {
  const live = await discoverActions(new ApiClient(readKubeconfig(shared.plane.kubeconfig)));
  // Other tests define resources of their own.
  const served = live.filter(({ group }) => !group.includes('.') || group.endsWith('.k8s.io'));
  const scope = (namespaced: boolean): string => (namespaced ? 'in a namespace' : 'in none');
  const fromServer = served.map(
    ({ group, resource, verb, namespaced }) => `${told(group, resource, verb)} ${scope(namespaced)}`,
  );
  const fromTable = apiResources().flatMap(({ apiGroup, resource, verbs, namespaced }) =>
    verbs
      .map((verb) => told(apiGroup, resource, verb))
      .filter((action) => !byName.has(action))
      .map((action) => `${action} ${scope(namespaced)}`),
  );
  expect(fromServer.length).toBeGreaterThan(400);
  expect(fromTable.sort()).toEqual([...new Set(fromServer)].sort());
});

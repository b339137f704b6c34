import type { Manifest } from '../../../constructs';
import { waitForPolicies, type ApiClient, type ApiRequest, type ApiResponse } from '../../../probes';
import { places, problemsOfAsync } from '../support/problems';

/** A mock of the API client: what these tests are about is what is made of the answers. */
function clientOf(answer: (call: ApiRequest) => { status: number; body: unknown }): ApiClient {
  const send = async (call: ApiRequest): Promise<ApiResponse> => {
    const { status, body } = answer(call);
    return { status, body: JSON.stringify(body), warnings: [], json: <T>() => body as T };
  };
  return { send } as unknown as ApiClient;
}

const binding: Manifest = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'keelson-privileged' },
  spec: { policyName: 'keelson-privileged', validationActions: ['Deny', 'Audit'] },
};
const refusal = { status: 403, body: { message: 'The admission policies abc are in force.' } };

test('declared, live and refused: in force', async () => {
  const client = clientOf(({ method }) => (method === 'POST' ? refusal : { status: 200, body: binding }));
  await expect(waitForPolicies(client, 'abc', [binding])).resolves.toBeUndefined();
});

test.each([
  ['missing', { status: 404, body: {} }],
  [
    'weakened',
    {
      status: 200,
      body: { ...binding, spec: { ...(binding.spec as object), validationActions: ['Audit'] } },
    },
  ],
])('a policy that is %s is named, though the canary is refused', async (_, live) => {
  const client = clientOf(({ method }) => (method === 'POST' ? refusal : live));
  expect(places(await problemsOfAsync(() => waitForPolicies(client, 'abc', [binding])))).toEqual([
    'ValidatingAdmissionPolicyBinding keelson-privileged [policy/not-in-force]',
  ]);
});

test('a refusal of another set of policies is waited out', async () => {
  let calls = 0;
  const client = clientOf(() => {
    calls += 1;
    return calls < 3
      ? { status: 403, body: { message: 'The admission policies old are in force.' } }
      : refusal;
  });
  await waitForPolicies(client, 'abc', []);
  expect(calls).toBe(5);
});

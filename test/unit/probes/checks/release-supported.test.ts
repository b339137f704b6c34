/** The probe of the release, against a fake API server: a real one past its end is none of ours. */
import releaseSupported from '../../../../probes/checks/release-supported';
import type { ApiClient } from '../../../../probes';

async function verdict(status: number, body: object): Promise<string> {
  const client = { send: () => Promise.resolve({ status, json: () => body }) } as unknown as ApiClient;
  return (await releaseSupported.run({ client })).verdict;
}

test.each([
  ['holds', 200, { gitVersion: 'v1.37.2' }],
  ['fails', 200, { gitVersion: 'v1.33.9' }],
  ['fails', 200, { gitVersion: 'v1.34.1+k3s1' }],
  ['fails', 200, { gitVersion: 'v1.99.0' }],
  ['fails', 200, { gitVersion: 'canary' }],
  ['fails', 401, {}],
])('%s: %d %j', async (wanted, status, body) => {
  expect(await verdict(status, body)).toBe(wanted);
});

/** The probe of the firewall on ports of its own; on a real ruleset it is tried in test/e2e/node-firewall.test.ts. */
import { createServer, type AddressInfo } from 'node:net';
import closedToStrangers from '../../../../probes/checks/closed-to-strangers';
import type { ProbeContext } from '../../../../probes';

const run = (...ports: readonly number[]) =>
  closedToStrangers.run({
    stranger: { ports: ports.map((port) => ({ name: 'API', host: '127.0.0.1', port })) },
  } as unknown as ProbeContext);

test('fails for one port that answers, and holds where none does', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { verdict, observations } = await run(1, port);
  expect(verdict).toBe('fails');
  expect(observations).toContainEqual({ attempt: `connect to API, 127.0.0.1:${port}`, seen: 'open' });
  await new Promise((done) => server.close(done));
  expect((await run(1, port)).verdict).toBe('holds');
});

test('proves nothing where there is no port to try, or where it runs on a host that may reach some', async () => {
  expect((await run()).verdict).toBe('fails');
  expect((await closedToStrangers.run({} as ProbeContext)).verdict).toBe('unavailable');
});

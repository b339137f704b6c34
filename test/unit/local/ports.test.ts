import { createServer, type Server } from 'node:net';
import type { ControlPlanePorts } from '../../../constructs/control-plane';
import { choosePorts, isTaken } from '../../../local/ports';
import { problemsOfAsync } from '../support/problems';

const servers: Server[] = [];

async function occupy(port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const nobody = new Set<never>();

test('free ports are chosen, all different, outside the range of outgoing connections', async () => {
  const ports = Object.values(await choosePorts({ running: nobody }));
  expect(new Set(ports).size).toBe(5);
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    expect(await isTaken(port)).toBe(false);
  }
});

test('a port that was asked for and is taken is an error that names it; all are named at once', async () => {
  const [a, b] = [await occupy(), await occupy()];
  const problems = await problemsOfAsync(() =>
    choosePorts({ wanted: { apiServer: a, etcdClient: b }, running: nobody }),
  );
  expect(problems.map(({ code, where }) => [code, where]).sort()).toEqual(
    [
      ['local/port', `127.0.0.1:${a}`],
      ['local/port', `127.0.0.1:${b}`],
    ].sort(),
  );
  for (const { message, fix } of problems) {
    expect(message).toMatch(/^Port \d+, asked for as \w+ of the local control plane, is taken\.$/);
    expect(fix).toContain('Free it, or ask for another one');
  }
});

describe('ports of an earlier run', () => {
  let kept: ControlPlanePorts;
  beforeEach(async () => {
    kept = await choosePorts({ running: nobody });
  });

  test('are kept', async () => {
    expect(await choosePorts({ kept, running: nobody })).toEqual(kept);
  });

  test('that somebody else has taken are replaced, and only those', async () => {
    await occupy(kept.apiServer);
    const ports = await choosePorts({ kept, running: nobody });
    expect(ports.apiServer).not.toBe(kept.apiServer);
    expect({ ...ports, apiServer: 0 }).toEqual({ ...kept, apiServer: 0 });
  });

  test('on which our own component listens are not taken, asked for or not', async () => {
    await occupy(kept.apiServer);
    const running = new Set(['kube-apiserver'] as const);
    expect(await choosePorts({ kept, running })).toEqual(kept);
    expect(await choosePorts({ kept, running, wanted: { apiServer: kept.apiServer } })).toEqual(kept);
  });

  test('give way to one that is asked for', async () => {
    const ports = await choosePorts({ kept, running: nobody, wanted: { scheduler: kept.apiServer } });
    expect(ports.scheduler).toBe(kept.apiServer);
    expect(ports.apiServer).not.toBe(kept.apiServer);
  });
});

import { connect } from 'node:net';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

/** How long a port may stay silent before it counts as closed, in ms: a firewall that drops says nothing. */
const PATIENCE_MS = 2_000;

/** Ports that are tried at once. */
const AT_ONCE = 32;

export default defineProbe({
  id: 'closed-to-strangers',
  recommendations: ['NET-1'],
  claim:
    'From a host that no allow-list names, every port of the control plane is closed, that of the API too.',
  open: 'TCP only, and only from where the probe runs',
  run: async ({ stranger }) => {
    if (stranger === undefined) return unavailable('it does not run on a host outside of the allow-lists');
    const waiting = [...stranger.ports];
    const attempts: Attempt[] = [];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const seen = await tried(next.host, next.port, stranger.from);
        attempts.push({
          attempt: `connect to ${next.name}, ${next.host}:${next.port}`,
          seen,
          ok: seen !== 'open',
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return resultOf(attempts);
  },
});

async function tried(host: string, port: number, localAddress?: string): Promise<string> {
  return new Promise((done) => {
    const socket = connect({ host, port, localAddress });
    const finish = (seen: string): void => {
      socket.destroy();
      done(seen);
    };
    socket.setTimeout(PATIENCE_MS, () => finish('silent'));
    socket.once('connect', () => finish('open'));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(`closed (${error.code})`));
  });
}

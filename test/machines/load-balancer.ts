import { connect, createServer, type Server, type Socket } from 'node:net';

/** A load balancer that runs. */
export interface LoadBalancer {
  stop(): Promise<void>;
}

/**
 * Hands connections on to the first of some machines that takes them. A stand-in for the load balancer in front of an API: it knows
 * nothing of TLS.
 */
export async function startLoadBalancer(
  address: string,
  port: number,
  machines: readonly string[],
): Promise<LoadBalancer> {
  let next = 0;
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    const start = next++;
    const attempt = (tries: number): void => {
      if (tries === machines.length) return void client.destroy();
      const upstream = connect({
        host: machines[(start + tries) % machines.length]!,
        port,
        localAddress: address,
      });
      const timer = setTimeout(() => upstream.destroy(new Error('no answer')), 1000);
      upstream.once('connect', () => {
        clearTimeout(timer);
        upstream.removeAllListeners('error');
        upstream.on('error', () => client.destroy());
        upstream.once('close', () => client.destroy());
        client.once('close', () => upstream.destroy());
        client.pipe(upstream).pipe(client);
      });
      upstream.once('error', () => {
        clearTimeout(timer);
        attempt(tries + 1);
      });
    };
    attempt(0);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    stop: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

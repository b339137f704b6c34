/**
 * One end of a connection, run inside of a network namespace. Reads what to do as JSON from standard input.
 *
 * listen: { listen: [{ protocol, port, host }] } answers on each, prints one line when all are bound, and goes on until its input ends.
 * try:    { attempts: [{ protocol, port, from, to }], wait } prints for each attempt whether it was answered.
 */
import dgram from 'node:dgram';
import net from 'node:net';
import { createInterface } from 'node:readline';

const family = (address) => (address.includes(':') ? 'udp6' : 'udp4');

function bind({ protocol, port, host }) {
  return new Promise((resolve, reject) => {
    if (protocol === 'TCP') {
      const server = net.createServer((socket) => socket.on('error', () => undefined).end('yes'));
      server.once('error', reject).listen({ port, host, ipv6Only: host.includes(':') }, resolve);
    } else {
      const socket = dgram.createSocket({ type: family(host), ipv6Only: host.includes(':') });
      socket.once('error', reject);
      socket.on('message', (_, { port: back, address }) => socket.send('yes', back, address));
      socket.bind(port, host, resolve);
    }
  });
}

function answered({ protocol, port, from, to }, wait) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(false), wait);
    let close = () => undefined;
    const done = (result) => {
      clearTimeout(timer);
      close();
      resolve(result);
    };
    if (protocol === 'TCP') {
      const socket = net.connect({ port, host: to, localAddress: from });
      close = () => socket.destroy();
      socket
        .once('data', () => done(true))
        .once('error', () => done(false))
        .once('close', () => done(false));
    } else {
      const socket = dgram.createSocket(family(to));
      close = () => socket.close();
      socket.once('message', () => done(true)).once('error', () => done(false));
      socket.bind(0, from, () => socket.send('?', port, to, (error) => error && done(false)));
    }
  });
}

async function main() {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    const { listen, attempts, wait } = JSON.parse(line);
    const result =
      listen !== undefined
        ? (await Promise.all(listen.map(bind)), 'listening')
        : await Promise.all(attempts.map((attempt) => answered(attempt, wait)));
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  process.exit(0);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

import { readFileSync, statSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { defineProbe, resultOf, unavailable, type Attempt, type HostAccess } from '../probe';

export default defineProbe({
  id: 'etcd-closed',
  recommendations: ['NET-3'],
  claim:
    'etcd refuses plain text, clients without a certificate and certificates of the cluster, and nobody but its user reads its data.',
  open: 'from other machines it is not tried: the firewall is not part of this control plane',
  run: async ({ host }) => {
    if (host?.clusterIdentity === undefined || host.etcdData === undefined)
      return unavailable('there is no access to etcd beside its clients');
    const { etcd, clusterIdentity, etcdData } = host;
    const own = { cert: readFileSync(etcd.certFile), key: readFileSync(etcd.keyFile) };
    const refused = async (attempt: string, identity: object): Promise<Attempt> => {
      const seen = await handshake(etcd, identity);
      return { attempt, seen, ok: seen !== 'accepted' };
    };
    const accepted = await handshake(etcd, own);
    const mode = statSync(etcdData).mode & 0o777;
    const plain = await plainText(etcd.endpoint);
    return resultOf([
      { attempt: 'connect as the API server', seen: accepted, ok: accepted === 'accepted' },
      await refused('connect without a certificate', {}),
      await refused('connect with a certificate of the cluster authority', clusterIdentity),
      { attempt: 'ask in plain text', seen: plain, ok: !/^HTTP\/1\.\d 2/.test(plain) },
      {
        attempt: 'look at the folder of its data',
        seen: `mode ${mode.toString(8).padStart(4, '0')}`,
        ok: (mode & 0o077) === 0,
      },
    ]);
  },
});

const TIMEOUT_MS = 5_000;

/** How one connection went. With TLS 1.3 a refusal of the client comes after its own end of the handshake: so something is asked. */
async function handshake({ endpoint, caFile }: HostAccess['etcd'], identity: object): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((done) => {
    const socket = connect(
      { host: hostname, port: Number(port), ca: readFileSync(caFile), ...identity },
      () => socket.write('GET /health HTTP/1.1\r\nHost: etcd\r\nConnection: close\r\n\r\n'),
    );
    const finish = (seen: string): void => {
      socket.destroy();
      done(seen);
    };
    socket.setTimeout(TIMEOUT_MS, () => finish('no answer in 5 s'));
    socket.once('data', () => finish('accepted'));
    socket.once('end', () => finish('closed without an answer'));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(`refused (${error.code})`));
  });
}

/** The first line of what comes back on a connection without TLS. */
async function plainText(endpoint: string): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((done) => {
    const socket = connectPlain({ host: hostname, port: Number(port) }, () =>
      socket.write('GET /health HTTP/1.1\r\nHost: etcd\r\nConnection: close\r\n\r\n'),
    );
    const finish = (seen: string): void => {
      socket.destroy();
      done(seen);
    };
    socket.setTimeout(TIMEOUT_MS, () => finish('no answer in 5 s'));
    socket.once('data', (data) => finish(data.toString('latin1').split('\r\n')[0]!.slice(0, 60)));
    socket.once('end', () => finish('closed without an answer'));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(`refused (${error.code})`));
  });
}

import { connect } from 'node:tls';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

export default defineProbe({
  id: 'tls-floor',
  recommendations: ['NET-4'],
  claim: 'Every port of the control plane speaks TLS 1.3 and refuses TLS 1.2.',
  open: 'peer identity in both directions and the kubelet, of which there is none, are not tried',
  run: async ({ host }) => {
    if (host === undefined) return unavailable('the ports of the control plane are not known');
    const attempts: Attempt[] = [];
    for (const [component, address] of Object.entries(host.tlsPorts)) {
      const old = await handshake(address, 'TLSv1.2');
      const current = await handshake(address, 'TLSv1.3');
      attempts.push({
        attempt: `${component}: TLS 1.2 with ${address}`,
        seen: old,
        ok: old.includes('PROTOCOL_VERSION'),
      });
      attempts.push({
        attempt: `${component}: TLS 1.3 with ${address}`,
        seen: current,
        ok: current === 'TLSv1.3',
      });
    }
    return resultOf(attempts);
  },
});

/** The protocol of one handshake. The peer's identity is not the question here, so it is not verified. */
async function handshake(address: string, version: 'TLSv1.2' | 'TLSv1.3'): Promise<string> {
  const [host, port] = address.split(':') as [string, string];
  return new Promise((done) => {
    const socket = connect({
      host,
      port: Number(port),
      minVersion: version,
      maxVersion: version,
      rejectUnauthorized: false,
    });
    const finish = (seen: string): void => {
      socket.destroy();
      done(seen);
    };
    socket.setTimeout(5_000, () => finish('no answer in 5 s'));
    socket.once('secureConnect', () => finish(socket.getProtocol() ?? 'unknown'));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(`refused (${error.code})`));
  });
}

import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LeafSpec } from '../../constructs/control-plane';
import { issueAuthority, issueLeaf } from '../../pki';

/** An https server on loopback with an authority of its own. */
export interface LoopbackServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Certificate of its authority, in PEM. */
  readonly ca: string;
  /** Ends it, with every connection that is still open. */
  close(): Promise<void>;
}

/** Starts one. With `port` it comes back where an earlier one was. */
export async function serveLoopback(answer: RequestListener, port = 0): Promise<LoopbackServer> {
  const now = new Date();
  const authority = await issueAuthority({ name: 'ca', commonName: 'test CA', lifetimeDays: 1 }, now);
  const leaf: LeafSpec = {
    name: 'server',
    authority: 'ca',
    commonName: 'test server',
    organizations: [],
    uses: ['server'],
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    lifetimeDays: 1,
  };
  const pair = await issueLeaf(leaf, authority, now);
  const server = createServer({ key: pair.privateKey, cert: pair.certificate }, answer);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const own = (server.address() as AddressInfo).port;
  return {
    url: `https://127.0.0.1:${own}`,
    port: own,
    ca: authority.certificate ?? '',
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

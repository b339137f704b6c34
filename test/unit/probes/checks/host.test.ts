/**
 * Probes that look at the machine beside the API, against fakes that break what is claimed: a real control plane of ours has no way to.
 * That they hold on a real one is shown by `keelson up`, in e2e.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import etcdClosed from '../../../../probes/checks/etcd-closed';
import portsAsDeclared from '../../../../probes/checks/ports-as-declared';
import type { HostAccess, ProbeContext } from '../../../../probes';
import { issueAuthority, issueLeaf } from '../../../../pki';

const folder = mkdtempSync(join(tmpdir(), 'keelson-probe-'));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

describe('ports-as-declared', () => {
  const run = (listeners: readonly string[]) => {
    const host = { processes: [{ name: 'etcd', pid: process.pid, listeners }] } as unknown as HostAccess;
    return portsAsDeclared.run({ host } as ProbeContext);
  };

  test('holds where a process listens where it is declared to, and fails for one port more or less', async () => {
    const port = await listening(createServer());
    const here = `127.0.0.1:${port}`;
    expect((await run([here])).verdict).toBe('holds');
    expect((await run([])).verdict).toBe('fails');
    expect((await run([here, '127.0.0.1:1'])).verdict).toBe('fails');
    expect((await run([`0.0.0.0:${port}`])).verdict).toBe('fails');
  });

  test('proves nothing where the processes are not known', async () => {
    expect((await portsAsDeclared.run({} as ProbeContext)).verdict).toBe('unavailable');
  });
});

describe('etcd-closed', () => {
  const now = new Date();
  const leaf = (name: string, uses: readonly ('server' | 'client')[]) => ({
    ...{ name, authority: 'ca', commonName: name, organizations: [], uses, dnsNames: ['localhost'] },
    ...{ ipAddresses: ['127.0.0.1'], lifetimeDays: 1 },
  });
  const access = async (open: { requestCert: boolean; foreign?: boolean }): Promise<HostAccess> => {
    const authority = { name: 'ca', commonName: 'etcd', lifetimeDays: 1 };
    const ca = await issueAuthority(authority, now);
    const other = await issueAuthority({ ...authority, commonName: 'cluster' }, now);
    const server = await issueLeaf(leaf('server', ['server']), ca, now);
    const client = await issueLeaf(leaf('client', ['client']), ca, now);
    const foreign = await issueLeaf(leaf('foreign', ['client']), other, now);
    const trusted = open.foreign === true ? [ca.certificate!, other.certificate!] : [ca.certificate!];
    const port = await listening(
      createTlsServer(
        {
          ...{ cert: server.certificate, key: server.privateKey, ca: trusted, minVersion: 'TLSv1.3' },
          ...{ requestCert: open.requestCert, rejectUnauthorized: open.requestCert },
        },
        (socket) => {
          socket.on('error', () => socket.destroy());
          socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
        },
      ),
    );
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const etcdData = mkdtempSync(join(folder, 'data-'));
    return {
      etcd: {
        endpoint: `https://127.0.0.1:${port}`,
        caFile: file('ca.crt', ca.certificate!),
        certFile: file('client.crt', client.certificate!),
        keyFile: file('client.key', client.privateKey),
      },
      auditLog: '',
      tlsPorts: {},
      clusterIdentity: { cert: foreign.certificate!, key: foreign.privateKey },
      etcdData,
    };
  };
  const verdict = async (host: HostAccess) => (await etcdClosed.run({ host } as ProbeContext)).verdict;

  test('holds where only the one authority is taken', async () => {
    expect(await verdict(await access({ requestCert: true }))).toBe('holds');
  });

  test('fails where no certificate is asked for', async () => {
    expect(await verdict(await access({ requestCert: false }))).toBe('fails');
  });

  test('fails where certificates of the cluster are taken', async () => {
    expect(await verdict(await access({ requestCert: true, foreign: true }))).toBe('fails');
  });

  test('fails where others may look at the data', async () => {
    const host = await access({ requestCert: true });
    chmodSync(host.etcdData!, 0o750);
    expect(await verdict(host)).toBe('fails');
  });

  test('fails where etcd answers in plain text', async () => {
    const host = await access({ requestCert: true });
    const port = await listening(
      createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'))),
    );
    expect(await verdict({ ...host, etcd: { ...host.etcd, endpoint: `https://127.0.0.1:${port}` } })).toBe(
      'fails',
    );
  });
});

/** An etcd of its own: three real members with the settings and certificates of their machines, each on an address of loopback. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { etcdLayout, etcdMachinePki, etcdMember, etcdUnit } from '../../constructs/cluster/etcd-machine';
import { commandLine, type LeafSpec } from '../../constructs/control-plane';
import { generatePki, issueAuthority, issueLeaf, type Pki } from '../../pki';
import { writePki } from '../../pki/store';
import { localTools } from './support/own-control-plane';

jest.setTimeout(600_000);

const MACHINES = [1, 2, 3].map((last) => ({ name: `etcd-${last}`, address: `127.7.41.${last}` }));
const folder = mkdtempSync(join(tmpdir(), 'keelson-etcd-'));
const members: ChildProcess[] = [];
let ca = '';
let client: Identity;
let stranger: Identity;
let pki: Pki;

interface Identity {
  readonly cert: string;
  readonly key: string;
}

const leaf = (change: Partial<LeafSpec>): LeafSpec => ({
  ...{ name: 'client', authority: 'etcd/ca', commonName: 'client', organizations: [], uses: ['client'] },
  ...{ dnsNames: [], ipAddresses: [], lifetimeDays: 1, ...change },
});
const here = (machine: string, text: string): string =>
  text.replace(/\/etc\/etcd\/pki|\/var\/lib\/etcd/g, (path) => join(folder, machine, path));

beforeAll(async () => {
  const now = new Date();
  const { etcd } = await localTools();
  const authority = await issueAuthority(etcdMachinePki(MACHINES[0]!).authorities[0]!, now);
  ca = authority.certificate!;
  const identity = async (change: Partial<LeafSpec>, of = authority): Promise<Identity> => {
    const pair = await issueLeaf(leaf(change), of, now);
    return { cert: pair.certificate!, key: pair.privateKey };
  };
  client = await identity({ dnsNames: ['apiserver.etcd.keelson'] });
  stranger = await identity({ dnsNames: ['somebody.else'] });
  for (const machine of MACHINES) {
    const spec = etcdMachinePki(machine);
    const generated = await generatePki(spec, { now, existing: new Map([['etcd/ca', authority]]) });
    pki = generated.pki;
    const layout = etcdLayout(machine);
    const certificates = here(machine.name, layout.certificates);
    await writePki({ ...layout, certificates }, spec, pki, [...pki.keys()]);
    // The key of the authority is on no machine.
    rmSync(join(certificates, 'etcd/ca.key'));
    mkdirSync(here(machine.name, layout.etcdData), { recursive: true, mode: 0o700 });
    // On loopback three machines share one address for what only they themselves ask.
    const args = commandLine(etcdMember(machine, MACHINES).settings).map((argument) =>
      here(machine.name, argument.replace('https://127.0.0.1:2379,', '')),
    );
    members.push(spawn(etcd, args, { stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } }));
  }
});

afterAll(async () => {
  for (const member of members) member.kill('SIGKILL');
  await sleep(200);
  rmSync(folder, { recursive: true, force: true });
});

/** The answer to one request on a port of a member, or how the connection was refused. */
async function ask(address: string, port: number, path: string, identity: object): Promise<string> {
  return new Promise((done) => {
    const socket = connect({ host: address, port, ca, ...identity }, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`),
    );
    let answer = '';
    const finish = (seen: string): void => {
      socket.destroy();
      done(seen);
    };
    socket.setTimeout(60_000, () => finish('no answer'));
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    socket.once('end', () => finish(answer === '' ? 'closed' : answer));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish(answer === '' ? `refused ${error.code}` : answer),
    );
  });
}

const isHealthy = async (address: string): Promise<boolean> =>
  (await ask(address, 2379, '/health', client)).includes('"health":"true"');

async function until(check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) if (await check()) return;
  throw new Error('it did not come true within a minute');
}

test('the three find each other, and serve the API server', async () => {
  for (const { address } of MACHINES) await until(() => isHealthy(address));
  const activePeers = async (): Promise<number> => {
    const metrics = await ask('127.7.41.1', 2379, '/metrics', client);
    return (metrics.match(/^etcd_network_active_peers\{[^}]*\} 1$/gm) ?? []).length;
  };
  // A member serves as soon as two of the three agree; the third joins a moment later.
  await until(async () => (await activePeers()) === 2);
});

test('nobody else is a client: no certificate, another name, a peer', async () => {
  const peer = pki.get('etcd/peer')!;
  for (const identity of [{}, stranger, { cert: peer.certificate, key: peer.privateKey }])
    expect(await ask('127.7.41.1', 2379, '/health', identity)).toMatch(/^(refused|closed)/);
});

test('and the API server is no peer', async () => {
  expect(await ask('127.7.41.1', 2380, '/members', client)).toMatch(/^(refused|closed)/);
  const peer = pki.get('etcd/peer')!;
  const seen = await ask('127.7.41.1', 2380, '/members', { cert: peer.certificate, key: peer.privateKey });
  expect(seen).toContain('etcd-2');
});

test('with one of them gone, the others go on', async () => {
  members[2]!.kill('SIGKILL');
  for (const address of ['127.7.41.1', '127.7.41.2']) await until(() => isHealthy(address));
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
(hasSystemd ? test : test.skip)('systemd takes the unit, where there is systemd', async () => {
  const { etcd } = await localTools();
  const unit = etcdUnit(etcdMember(MACHINES[0]!, MACHINES), '/var/lib/etcd').content as string;
  const verify = (text: string): string => {
    const path = join(folder, 'etcd.service');
    writeFileSync(
      path,
      text.replace('ExecStart=etcd', `ExecStart=${etcd}`).replace(/^(Requires|After)=.*\n/gm, ''),
    );
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], {
      encoding: 'utf8',
    });
    return `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.includes('etcd.service'))
      .join('\n');
  };
  expect(verify(unit)).toBe('');
  expect(verify(unit.replace('ProtectSystem=strict', 'ProtectSystem=sometimes'))).not.toBe('');
});

/** containerd itself reads its configuration, and says what it makes of it. In `full`: its build takes a minute and a half. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Containerd } from '../../constructs/node';
import { buildGo } from '../tools/go-build';

let folder: string;
let program: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-containerd-'));
  const flags = ['-tags=osusergo netgo no_btrfs no_devmapper no_zfs'];
  const name = 'github.com/containerd/containerd/v2/cmd/containerd';
  program = buildGo(join(__dirname, '../tools/containerd'), 'containerd', name, '', flags);
}, 900_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The effective configuration, every default with it, and what it warns of. */
function dump(text: string): { readonly config: string; readonly told: string } {
  const path = join(folder, 'config.toml');
  writeFileSync(path, text);
  const { stdout, stderr } = spawnSync(program, ['--config', path, 'config', 'dump'], { encoding: 'utf8' });
  return { config: stdout, told: stderr };
}

const ours = new Containerd({ sandboxImage: 'registry.example/pause:3.10.2' }).text;

test('it knows every field, and would tell of one that it does not', () => {
  // The third format is that of all releases of containerd 2; newer ones read it as their own.
  const warnings = dump(ours)
    .told.split('\n')
    .filter((line) => line !== '' && !line.includes('migrated from version 3'));
  expect(warnings).toEqual([]);
  expect(dump(`${ours}\n[plugins."io.containerd.cri.v1.runtime".cny]\nx = 1\n`).told).toContain('cny');
});

test('what is set is in force', () => {
  const { config } = dump(ours);
  const value = (name: string) =>
    new RegExp(`^\\s*${name} = (.*)$`, 'm').exec(config)?.[1]?.replaceAll("'", '"');
  expect({
    unprivilegedPorts: value('enable_unprivileged_ports'),
    unprivilegedIcmp: value('enable_unprivileged_icmp'),
    seccomp: value('unset_seccomp_profile'),
    apparmor: value('disable_apparmor'),
    restrictOomScoreAdj: value('restrict_oom_score_adj'),
    systemdCgroup: value('SystemdCgroup'),
    stream: value('stream_server_address'),
    tcp: value('disable_tcp_service'),
    registries: value('config_path'),
    sandbox: value('sandbox'),
    criu: value('enable_criu'),
  }).toEqual({
    unprivilegedPorts: 'false',
    unprivilegedIcmp: 'false',
    seccomp: '"runtime/default"',
    apparmor: 'false',
    restrictOomScoreAdj: 'false',
    systemdCgroup: 'true',
    stream: '"127.0.0.1"',
    tcp: 'true',
    registries: '"/etc/containerd/certs.d"',
    sandbox: '"registry.example/pause:3.10.2"',
    criu: 'false',
  });
});

test('no other file has a say: only files that it names would be read', () => {
  const other = join(folder, 'other.toml');
  writeFileSync(
    other,
    "version = 3\n[plugins.'io.containerd.cri.v1.runtime']\nenable_unprivileged_ports = true\n",
  );
  const named = ours.replace('imports = []', `imports = ["${other}"]`);
  expect(dump(named).config).toContain('enable_unprivileged_ports = true');
  expect(dump(ours).config).toContain('enable_unprivileged_ports = false');
});

/** What a node is given is read by those who will read it: the kubelet, kube-proxy, systemd, nft, cloud-init and Ignition themselves. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import { parse, stringify } from 'yaml';
import { Kubelet, NodeConfiguration, renderEntries, textOf, type NodeRole } from '../../constructs/node';
import { SUPPORTED_KUBERNETES } from '../../model';
import { findNft, type Nft } from '../tools/debian/nft';
import { debianPackages, type Unpacked } from '../tools/debian/debian';
import { buildGo } from '../tools/go-build';
import { kubernetesTool } from '../tools/kubernetes/kubernetes';

const ROLES: readonly NodeRole[] = ['control-plane', 'worker', 'etcd'];
const tools = join(__dirname, '../tools');

function nodeOf(role: NodeRole): NodeConfiguration {
  return new NodeConfiguration({
    role,
    addresses: {
      nodes: ['10.0.0.0/24', 'fd00:1::/64'],
      controlPlanes: ['10.0.0.10', 'fd00:1::10'],
      pods: ['10.244.0.0/16', 'fd00:2::/56'],
      services: ['10.96.0.0/16', 'fd00:3::/112'],
      administrators: ['192.0.2.0/28'],
      loadBalancers: ['10.0.8.1'],
      resolvers: ['10.0.9.53'],
      ...(role === 'etcd' ? { etcd: ['10.0.5.0/30'] } : {}),
    },
    transports: ['cilium-wireguard', 'cilium-health'],
    allow: [{ protocol: 'TCP', port: 30000, endPort: 32767, from: ['0.0.0.0/0', '::/0'] }],
    kubelet: { preloadedImages: ['registry.k8s.io/*'] },
    containerd: { mirrors: [{ registry: 'registry.k8s.io', endpoint: 'https://mirror.example' }] },
  });
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-node-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The output of a program, and how it ended. */
function run(command: string, args: readonly string[], input = '', env: NodeJS.ProcessEnv = process.env) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    input,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** Writes the tree below a folder: the folders and files that are ours, with modes. */
function write(node: NodeConfiguration, root: string): void {
  for (const { path, mode, text } of renderEntries(node.entries)) {
    const target = join(root, path);
    mkdirSync(text === undefined ? target : dirname(target), { recursive: true });
    if (text !== undefined) writeFileSync(target, text);
    chmodSync(target, mode);
  }
}

/** What a schema has to say about a document of YAML. The one of cloud-init is of draft 4, and uses nothing that changed since. */
function compileSchema(schema: object): (text: string) => readonly string[] {
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile({
    ...schema,
    $schema: undefined,
  });
  return (text) =>
    validate(parse(text))
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe.each(SUPPORTED_KUBERNETES)('the types of Kubernetes %s', (minor) => {
  const read = (kind: string, text: string) => {
    const modfile = minor === '1.37' ? [] : [`-modfile=${minor}.mod`];
    const program = buildGo(join(tools, 'component-config'), `component-config-${minor}`, '.', '', modfile);
    return run(program, [kind], text);
  };

  test('have every field of kubelet and kube-proxy, and no other passes', () => {
    const { kubelet, kubeProxy } = nodeOf('worker');
    expect(read('KubeletConfiguration', stringify(kubelet!.document))).toEqual({ status: 0, output: '' });
    expect(
      read('KubeletConfiguration', stringify(new Kubelet({ clusterDns: ['10.96.0.10'] }).document)).status,
    ).toBe(0);
    expect(read('KubeProxyConfiguration', stringify(kubeProxy!.document))).toEqual({ status: 0, output: '' });
    expect(read('KubeletConfiguration', stringify({ readOnlyPorts: 0 })).output).toContain('unknown field');
    expect(read('KubeProxyConfiguration', stringify({ proxyMode: 'nftables' })).output).toContain(
      'unknown field',
    );
  }, 300_000);
});

describe('the kubelet of 1.37.2', () => {
  /** What it says until it ends by itself: without a cluster and a runtime it ends after it has read its configuration. */
  const start = (base: object, dropin: string) => {
    const dropins = join(folder, 'dropins');
    mkdirSync(dropins, { recursive: true });
    writeFileSync(join(folder, 'config.yaml'), stringify(base));
    writeFileSync(join(dropins, '90-keelson.conf'), dropin);
    const kubelet = kubernetesTool('kubelet');
    const state = ['--root-dir', join(folder, 'kubelet'), '--cert-dir', join(folder, 'kubelet/pki')];
    return run(kubelet, ['--config', join(folder, 'config.yaml'), '--config-dir', dropins, ...state]).output;
  };
  const header = { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' };
  const ours = textOf(nodeOf('worker').kubelet!.document);

  test('takes the drop-in over whatever a ConfigMap of the cluster says', () => {
    const weak = {
      ...header,
      authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
      authorization: { mode: 'AlwaysAllow' },
      readOnlyPort: 10255,
      protectKernelDefaults: false,
      seccompDefault: false,
      allowedUnsafeSysctls: ['net.*'],
      tlsMinVersion: 'VersionTLS12',
      failCgroupV1: false,
    };
    const output = start(weak, ours);
    expect(output).not.toMatch(/strict|lenient|unknown field/i);
    const effective = (name: string) => new RegExp(`^\\s*${name}: (.*)$`, 'm').exec(output)?.[1];
    expect({
      mode: effective('mode'),
      readOnlyPort: effective('readOnlyPort'),
      protectKernelDefaults: effective('protectKernelDefaults'),
      seccompDefault: effective('seccompDefault'),
      tlsMinVersion: effective('tlsMinVersion'),
      failCgroupV1: effective('failCgroupV1'),
      imagePullCredentialsVerificationPolicy: effective('imagePullCredentialsVerificationPolicy'),
    }).toEqual({
      mode: 'Webhook',
      readOnlyPort: undefined,
      protectKernelDefaults: 'true',
      seccompDefault: 'true',
      tlsMinVersion: 'VersionTLS13',
      failCgroupV1: 'true',
      imagePullCredentialsVerificationPolicy: 'NeverVerifyAllowlistedImages',
    });
    expect(/anonymous:\s+enabled: (\w+)/.exec(output)?.[1]).toBe('false');
    expect(output).not.toContain('net.*');
  }, 600_000);

  test('finds nothing else to object to than the cgroups of an old kernel, where this one has them', () => {
    const output = start(header, ours);
    const invalid = output.split('\n').filter((line) => line.includes('failed to validate'));
    for (const line of invalid) {
      expect(line.match(/invalid configuration/g)).toBeNull();
      expect(line).toContain('cgroup v1');
    }
  }, 600_000);

  test('would object to what is wrong: the check above can fail', () => {
    expect(start(header, textOf({ ...header, maxPods: -1, failCgroupV1: false }))).toContain('maxPods');
  }, 600_000);
});

test('kube-proxy of 1.37.2 takes its configuration, and asks for its identity next', () => {
  const proxy = kubernetesTool('kube-proxy');
  const path = join(folder, 'proxy.yaml');
  const start = (document: object) => {
    writeFileSync(path, stringify(document));
    return run(proxy, ['--config', path]).output;
  };
  const { document } = nodeOf('worker').kubeProxy!;
  const output = start(document);
  expect(output).toContain('/var/lib/kube-proxy/kubeconfig.conf: no such file');
  expect(output).not.toMatch(/strict|lenient|Invalid value/i);
  expect(start({ ...document, mode: 'userspace' })).not.toBe(output);
}, 600_000);

const nft = findNft();
const cloudInitPackage = debianPackages(['cloud-init']);

/** A test, or one that is left out and says why. */
function testIf(missing: string | undefined): jest.It {
  if (missing !== undefined) console.warn(`Left out: ${missing}`);
  return missing === undefined ? test : (test.skip as jest.It);
}

const nftTest = testIf('reason' in nft ? nft.reason : undefined);
const cloudInitTest = testIf('reason' in cloudInitPackage ? cloudInitPackage.reason : undefined);
const systemdTest = testIf(
  spawnSync('systemd-analyze', ['--version']).status === 0 ? undefined : 'systemd is not there',
);
const ownersTest = testIf(
  process.getuid?.() === 0 && spawnSync('systemd-tmpfiles', ['--version']).status === 0
    ? undefined
    : 'owners are changed by root alone, and by systemd-tmpfiles',
);

describe.each(ROLES)('a node of role %s', (role) => {
  const node = nodeOf(role);

  nftTest(
    'nft takes its ruleset',
    () => {
      const { path, env } = nft as Nft;
      const check = (ruleset: string) =>
        run('unshare', ['--net', path, '-c', '-f', '-'], ruleset, { ...env });
      expect(check(node.firewall.ruleset)).toEqual({ status: 0, output: '' });
      expect(check(node.firewall.ruleset.replace('tcp dport 22', 'tcp dport ssssh')).status).not.toBe(0);
    },
    120_000,
  );

  systemdTest(
    'systemd takes its units',
    () => {
      const root = join(folder, `units-${role}`);
      write(node, root);
      // The programs that the units start; systemd looks whether they are there.
      mkdirSync(join(root, 'usr/bin'), { recursive: true });
      for (const name of ['nft', 'kubelet', 'containerd', 'systemd-tmpfiles'])
        writeFileSync(join(root, 'usr/bin', name), '#!/bin/sh\n', { mode: 0o755 });
      const units = join(root, 'etc/systemd/system');
      const verify = () => {
        const paths = {
          SYSTEMD_UNIT_PATH: `${units}:`,
          PATH: `${join(root, 'usr/bin')}:${process.env.PATH}`,
        };
        const names = node.units.map((unit) => join(units, unit));
        const { output } = run('systemd-analyze', ['verify', '--man=no', ...names], '', {
          ...process.env,
          ...paths,
        });
        // It also reads what is installed on this machine: that is not ours.
        return output
          .split('\n')
          .filter(
            (line) =>
              line.includes(units) || /keelson-firewall|containerd\.service|kubelet\.service/.test(line),
          );
      };
      // Files that only root reads, and programs that are only on a node.
      const known = /world-inaccessible|is not executable: No such file/;
      expect(verify().filter((line) => !known.test(line))).toEqual([]);
      const firewall = join(units, 'keelson-firewall.service');
      writeFileSync(firewall, readFileSync(firewall, 'utf8').replace('Type=oneshot', 'Type=never'));
      expect(verify().filter((line) => !known.test(line))).not.toEqual([]);
    },
    60_000,
  );

  ownersTest(
    'systemd-tmpfiles puts owners and modes right, of what others wrote too',
    () => {
      const root = join(folder, `access-${role}`);
      write(node, root);
      writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
      writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
      if (node.users.length > 0) {
        const file = join(root, 'etc/sysusers.d/keelson.conf');
        expect(run('systemd-sysusers', [`--root=${root}`, file]).status).toBe(0);
      }
      const [, etcd] = /^etcd:[^:]*:(\d+):/m.exec(readFileSync(join(root, 'etc/passwd'), 'utf8')) ?? [];
      expect(etcd === undefined).toBe(role === 'worker');
      expect(etcd).not.toBe('0');
      const made: [string, number, number][] = [];
      for (const { path, mode, owner } of node.entries) {
        const name = path.replace('networks/*/*', 'networks/pods/lock').replace('*', 'some');
        const target = join(root, name);
        if (!existsSync(target)) {
          mkdirSync(dirname(target), { recursive: true });
          writeFileSync(target, '');
        }
        chmodSync(target, 0o777);
        made.push([target, mode, owner === 'root' ? 0 : Number(etcd)]);
      }
      const { status, output } = run('systemd-tmpfiles', [
        '--create',
        `--root=${root}`,
        join(root, 'etc/tmpfiles.d/keelson.conf'),
      ]);
      expect({ status, output }).toEqual({ status: 0, output: '' });
      const rest = made.filter(([target]) => !target.endsWith('tmpfiles.d/keelson.conf'));
      expect(rest.map(([target]) => [target, statSync(target).mode & 0o7777, statSync(target).uid])).toEqual(
        rest,
      );
      expect(rest.length).toBeGreaterThan(role === 'etcd' ? 6 : 30);
    },
    60_000,
  );

  cloudInitTest(
    'cloud-init has no objection to its user data',
    () => {
      const { root } = cloudInitPackage as Unpacked;
      const schema = join(
        root,
        'usr/lib/python3/dist-packages/cloudinit/config/schemas/schema-cloud-config-v1.json',
      );
      const check = compileSchema(JSON.parse(readFileSync(schema, 'utf8')) as object);
      const text = node.cloudInit();
      expect(check(text)).toEqual([]);
      expect(check(text.replace('permissions:', 'permission:'))).not.toEqual([]);
    },
    120_000,
  );

  test('Ignition has no objection to its configuration, and no warning', () => {
    const program = buildGo(join(tools, 'ignition'), 'ignition-validate');
    const text = node.ignition();
    expect(run(program, [], text)).toEqual({ status: 0, output: '' });
    expect(
      run(program, [], text.replace('"path": "/etc/keelson/firewall.nft"', '"path": "firewall.nft"')).status,
    ).toBe(1);
    expect(run(program, [], text.replace('"overwrite"', '"overwriting"')).output).toContain('unused key');
  }, 300_000);
});

ownersTest('systemd-sysctl sets what is said, tried on the settings of a network of its own', () => {
  const { kernel } = nodeOf('worker');
  const { sysctls } = kernel;
  // Only those: every other one is the whole machine's.
  const own = kernel
    .sysctlFile()
    .split('\n')
    .filter((line) => /^net\.ipv[46]\./.test(line));
  const file = join(folder, 'sysctl.conf');
  writeFileSync(file, `${own.join('\n')}\n`);
  const names = sysctls.map(({ path }) => path).filter((path) => /^net\.ipv[46]\./.test(path));
  const paths = names.map((path) => `/proc/sys/${path.replaceAll('.', '/')}`);
  const script = `/lib/systemd/systemd-sysctl --strict --prefix=/net/ipv4 --prefix=/net/ipv6 ${file} && cat ${paths.join(' ')}`;
  const { status, output } = run('unshare', ['--net', 'sh', '-c', script]);
  expect({ status, values: output.trim().split('\n') }).toEqual({
    status: 0,
    values: sysctls.filter(({ path }) => names.includes(path)).map(({ value }) => String(value)),
  });
  expect(names.length).toBeGreaterThan(15);
});

const kmod = debianPackages(['kmod', 'libkmod2', 'liblzma5', 'libzstd1']);
testIf('reason' in kmod ? kmod.reason : undefined)(
  'modprobe would load none of the forbidden modules',
  () => {
    const { root } = kmod as Unpacked;
    const { kernel } = nodeOf('worker');
    const config = join(folder, 'modprobe.conf');
    writeFileSync(config, kernel.modprobeFile());
    // No modules are there, and nothing is loaded: only what would be run is asked.
    mkdirSync(join(folder, 'modules/lib/modules/test'), { recursive: true });
    const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].flatMap((triplet) => [
      join(root, 'usr/lib', triplet),
      join(root, 'lib', triplet),
    ]);
    const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') };
    const args = ['-C', config, '-d', join(folder, 'modules'), '-S', 'test', '--dry-run', '--verbose'];
    // One program with many names: it looks at the one that it was started by.
    const asked = (name: string) =>
      spawnSync(join(root, 'bin/kmod'), [...args, name], {
        argv0: 'modprobe',
        env,
        encoding: 'utf8',
      }).stdout.trim();
    for (const name of kernel.forbidden) expect([name, asked(name)]).toEqual([name, 'install /bin/false']);
    expect(asked('sctp')).toBe('');
  },
);

test('each kernel setting is one that Linux has', () => {
  const missing = nodeOf('worker')
    .kernel.sysctls.map(({ path }) => path)
    .filter((path) => !path.startsWith('-') && !existsSync(`/proc/sys/${path.replaceAll('.', '/')}`));
  // What a kernel may be built without; the names are those of its documentation.
  const optional = [
    'kernel.yama.ptrace_scope',
    'kernel.kexec_load_disabled',
    'kernel.sysrq',
    'vm.unprivileged_userfaultfd',
    'net.core.bpf_jit_harden',
  ];
  expect(missing.filter((path) => !optional.includes(path))).toEqual([]);
});

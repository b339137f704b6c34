/** The documents that the constructs render, judged by the real kubeadm: what it takes, and what it makes of them. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { SelfManagedCluster, type ClusterMachine } from '../../constructs';
import { fillSecrets } from '../../constructs/control-plane';
import type { NodeFile } from '../../constructs/node';
import { generatePki } from '../../pki';
import { writePki } from '../../pki/store';
import { kubernetesTool } from '../tools/kubernetes/kubernetes';
import { exampleCluster } from '../../examples/cluster/cluster';
import { cluster } from '../unit/cluster/sample';

jest.setTimeout(600_000);

const kubeadm = kubernetesTool('kubeadm');
const folder = mkdtempSync(join(tmpdir(), 'keelson-kubeadm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs kubeadm; what it prints is kept, and so is what it fails with. */
function run(...args: readonly string[]): string {
  const env = { ...process.env, KUBEADM_INIT_DRYRUN_DIR: join(folder, 'dry-run') };
  mkdirSync(env.KUBEADM_INIT_DRYRUN_DIR, { recursive: true });
  return execFileSync(kubeadm, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Writes what a machine holds below a folder of ours, secrets filled in, with every path moved there. */
async function writeMachine(
  prod: SelfManagedCluster,
  machine: ClusterMachine,
  below = machine.name,
): Promise<(path: string) => string> {
  const root = join(folder, below);
  const here = (path: string): string => path.replace(/\/etc\/kubernetes(?=\/|$)/g, `${root}/etc/kubernetes`);
  const value = (id: string): string => (id.endsWith('/join-token') ? 'abcdef.0123456789abcdef' : 'unused');
  for (const entry of prod.machineFiles(machine)) {
    if (entry.kind !== 'file' || !/kubeadm\.yaml$|\/patches\//.test(entry.path)) continue;
    const documents = [(entry as NodeFile).content].flat();
    const text = documents.map((document) => stringify(fillSecrets(document, value))).join('---\n');
    mkdirSync(join(here(entry.path), '..'), { recursive: true });
    writeFileSync(here(entry.path), here(text));
  }
  if (machine.role === 'control-plane') {
    const spec = prod.pki(machine);
    const { pki } = await generatePki(spec, { now: new Date() });
    const layout = { ...prod.controlPlane(machine).layout, certificates: here('/etc/kubernetes/pki') };
    await writePki(layout, spec, pki, [...pki.keys()]);
  }
  // kubeadm looks whether it is there, and no further.
  writeFileSync(here('/etc/kubernetes/keelson/discovery.conf'), '');
  return here;
}

const prod = cluster();
const [first, second, , worker] = prod.machines as [
  ClusterMachine,
  ClusterMachine,
  ClusterMachine,
  ClusterMachine,
];

test.each([first, second, worker])('$name: kubeadm takes its document, field by field', async (machine) => {
  const here = await writeMachine(prod, machine);
  const file = here('/etc/kubernetes/keelson/kubeadm.yaml');
  expect(run('config', 'validate', '--config', file).trim()).toBe('ok');
  // That it would say so is seen in a field that there is not.
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('nodeRegistration:', 'noSuchField: 1\nnodeRegistration:'),
  );
  expect(() => run('config', 'validate', '--config', file)).toThrow(/noSuchField/);
});

test('the example, with two families of addresses, is taken as well', async () => {
  const [example] = SelfManagedCluster.allIn(exampleCluster());
  const [machine] = example!.machines;
  const here = await writeMachine(example!, machine!, 'example');
  expect(run('config', 'validate', '--config', here('/etc/kubernetes/keelson/kubeadm.yaml')).trim()).toBe(
    'ok',
  );
});

describe('the first machine', () => {
  let here: (path: string) => string;
  let file: string;

  beforeAll(async () => {
    here = await writeMachine(prod, first);
    file = here('/etc/kubernetes/keelson/kubeadm.yaml');
  });

  test('kubeadm takes every key and certificate as it is, and makes none', () => {
    const said = run('init', 'phase', 'certs', 'all', '--config', file);
    const made = said.split('\n').filter((line) => /Generating/.test(line));
    expect(made).toEqual([]);
    expect(said.match(/Using existing/g)?.length).toBe(10);
  });

  test('without the keys of the authorities of etcd and front proxy, too', () => {
    for (const name of ['etcd/ca', 'front-proxy-ca']) rmSync(here(`/etc/kubernetes/pki/${name}.key`));
    const said = run('init', 'phase', 'certs', 'all', '--config', file);
    expect(said.match(/keyless certificate authority/g)).toHaveLength(2);
    expect(said).not.toMatch(/Generating/);
  });

  describe('the static pods that kubeadm makes', () => {
    const pods = new Map<
      string,
      { readonly command: readonly string[]; readonly [field: string]: unknown }
    >();
    const podSpecs = new Map<string, Record<string, unknown>>();

    beforeAll(() => {
      run('init', 'phase', 'control-plane', 'all', '--config', file, '--dry-run');
      run('init', 'phase', 'etcd', 'local', '--config', file, '--dry-run');
      const manifests = join(folder, 'dry-run');
      for (const name of readdirSync(manifests).filter((entry) => entry.endsWith('.yaml'))) {
        const [document] = parseAllDocuments(readFileSync(join(manifests, name), 'utf8'));
        const { spec } = document!.toJS() as { spec: { containers: { command: string[] }[] } };
        pods.set(basename(name, '.yaml'), spec.containers[0]!);
        podSpecs.set(basename(name, '.yaml'), spec);
      }
    });

    test('are the four', () => {
      expect([...pods.keys()].sort()).toEqual([
        'etcd',
        'kube-apiserver',
        'kube-controller-manager',
        'kube-scheduler',
      ]);
    });

    /** What kubeadm adds of its own, and why it may stand. */
    const OF_KUBEADM: Readonly<Record<string, readonly string[]>> = {
      // For the tokens of joins; and the addresses at which it asks kubelets.
      'kube-apiserver': ['enable-bootstrap-token-auth', 'kubelet-preferred-address-types'],
      'kube-controller-manager': [
        'requestheader-client-ca-file',
        'controllers',
        'allocate-node-cidrs',
        'cluster-cidr',
        'service-cluster-ip-range',
        'cluster-name',
      ],
      'kube-scheduler': [],
      etcd: ['snapshot-count', 'feature-gates', 'watch-progress-notify-interval', 'initial-cluster-state'],
    };

    test.each(prod.controlPlane(first).components.map((component) => [component.name, component] as const))(
      '%s has exactly our settings, and what kubeadm is known to add',
      (name, { settings }) => {
        const [, ...args] = pods.get(name)!.command;
        const ours = settings.map((setting) => here(`--${setting.name}=${setting.value}`));
        const own = (argument: string): boolean =>
          OF_KUBEADM[name]!.includes(argument.replace(/^--|=.*/gs, ''));
        expect([...args].filter((argument) => !own(argument)).sort()).toEqual([...ours].sort());
      },
    );

    test.each(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])(
      '%s can neither write its root, nor gain privileges; seccomp is that of the runtime',
      (name) => {
        expect(pods.get(name)!['securityContext']).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(podSpecs.get(name)!['securityContext']).toMatchObject({
          seccompProfile: { type: 'RuntimeDefault' },
        });
      },
    );

    test('the scheduler sees its certificate, and no other key', () => {
      const mounts = pods.get('kube-scheduler')!['volumeMounts'] as {
        mountPath: string;
        readOnly?: boolean;
      }[];
      const paths = mounts.map(({ mountPath }) => mountPath.replace(folder, ''));
      expect(paths.filter((path) => path.endsWith('.key'))).toEqual([
        '/cp-1/etc/kubernetes/pki/scheduler.key',
      ]);
      expect(paths.filter((path) => path.endsWith('/pki'))).toEqual([]);
      expect(mounts.every(({ readOnly }) => readOnly === true)).toBe(true);
    });

    test('the folder of configuration is mounted as a whole, read only: a file that is replaced is seen', () => {
      const mounts = pods.get('kube-apiserver')!['volumeMounts'] as {
        mountPath: string;
        readOnly?: boolean;
      }[];
      expect(mounts).toContainEqual(
        expect.objectContaining({ mountPath: here('/etc/kubernetes/keelson'), readOnly: true }),
      );
    });
  });
});

test('nothing of it is outside of the folder of the test', () => {
  expect(existsSync('/etc/kubernetes/tmp')).toBe(false);
});

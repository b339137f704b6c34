import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { connectionSchema } from '../connection';
import { clusterMark, JOINED } from '../machine/cluster-mark';
import { writeEntries, type Entries } from '../machine/file-list';
import type { Machine } from '../machine/machine';
import { quoted } from '../ssh/quote';
import { TOKEN_PLACEHOLDER } from '../token';
import type { Context, Kind, Properties } from './kind';

const KUBEADM_FILE = '/etc/kubernetes/keelson/kubeadm.yaml';
const DISCOVERY_FILE = '/etc/kubernetes/keelson/discovery.conf';
const ADMIN = '/etc/kubernetes/admin.conf';

/** In the place of a token that was used and deleted: kubeadm reads the document again, and wants the form. */
const USED_TOKEN = 'abcdef.0000000000000000';

const schema = z.looseObject({
  action: z.enum(['init', 'join']),
  role: z.enum(['control-plane', 'worker']),
  /** The name of the node. */
  node: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/),
  /** kubeadm's documents. */
  document: z.string(),
  /** kubeadm's document for a join. */
  joinDocument: z.string(),
  /** Where the API is, for example `https://api.example:6443`. */
  server: z.string(),
  /** The certificate of the cluster's authority, in PEM. */
  authority: z.string(),
  /** Control planes that may be asked for a token, and to forget a machine. */
  controlPlanes: z.array(connectionSchema),
  /** Checks of kubeadm that are only told. */
  ignoredChecks: z.array(z.string().regex(/^[A-Za-z0-9-]+$/)),
});

type Kubeadm = z.infer<typeof schema>;

/**
 * Makes a machine a node with kubeadm: the first of a cluster, or one more. A machine where it was cut short is reset and done anew; one
 * that is a node of the cluster already stays. The static pods that are there afterwards are kept as digests: another, changed or missing
 * one is seen, and put right.
 */
export const kubeadm: Kind<Kubeadm> = {
  schema,
  outputs: ['isNode', 'staticPods', 'knownStaticPods', 'kubeconfig'],
  secrets: ['kubeconfig'],

  drifted: ({ isNode, staticPods, knownStaticPods }) => [
    ...(isNode === false ? ['isNode'] : []),
    ...(isDeepStrictEqual(staticPods, knownStaticPods) ? [] : ['staticPods']),
  ],

  apply: async (given, context, before) => {
    const { machine, progress } = context;
    const joined = await joinedTo(machine);
    const isOurs = joined === clusterMark(given.authority);
    let known = before?.knownStaticPods as Properties | undefined;
    if (isOurs || (before !== undefined && (await isWorkingNode(given, machine)))) {
      if (!isOurs) await finish(given, machine);
      if (known !== undefined) await restoreStaticPods(given, machine, known);
    } else {
      const starts = await startsCluster(given, context, before);
      if (await isHalfDone(machine)) {
        progress('resetting what was cut short');
        await reset(machine, given.ignoredChecks);
      }
      await (starts ? init(given, context) : join(asJoin(given), context));
      known = undefined;
    }
    const staticPods = await staticPodsOf(machine);
    return {
      isNode: true,
      staticPods,
      knownStaticPods: known ?? staticPods,
      ...(given.action === 'init'
        ? { kubeconfig: await machine.run('reading the kubeconfig', `cat ${ADMIN}`) }
        : {}),
    };
  },

  read: async (kept, { machine }) => {
    // Never as gone: what is gone is made anew, and a cluster made anew is an empty one. What there is to do, the update finds out.
    const isNode = (await joinedTo(machine)) === clusterMark(kept.authority);
    return { ...kept, isNode, staticPods: await staticPodsOf(machine) };
  },

  remove: async (kept, context) => {
    const { machine, progress } = context;
    progress('resetting');
    if (kept.action === 'join') await forget(kept, context).catch(() => undefined);
    await reset(machine, kept.ignoredChecks);
    await machine.run('cleaning up', CLEAN_UP, { timeoutMs: 120_000 });
  },
};

/** What kubeadm, kube-proxy, the runtime and plugins leave behind. */
const CLEAN_UP = `for t in 'ip kube-proxy' 'ip6 kube-proxy'; do nft delete table $t 2>/dev/null; done
rm -rf /etc/kubernetes /var/lib/kubelet /var/lib/etcd /var/lib/cni /run/cni-ipam /var/log/pods /var/log/containers /var/log/kubernetes
find /etc/cni/net.d -mindepth 1 -delete 2>/dev/null
:`;

/**
 * Whether the cluster starts here: at the first machine, unless the cluster was there before. Where that machine was lost, it joins those
 * that go on; alone it would be another cluster with the same name, and all that was in the old one would be gone without a word.
 */
async function startsCluster(
  given: Kubeadm,
  { machineAt, machine }: Context,
  before?: Properties,
): Promise<boolean> {
  if (given.action === 'join') return false;
  for (const connection of given.controlPlanes) {
    const { status } = await machineAt(connection)
      .try(`kubectl --kubeconfig ${ADMIN} --request-timeout=10s get --raw /readyz >/dev/null`)
      .catch(() => ({ status: 1 }));
    if (status === 0) return false;
  }
  if (before === undefined) return true;
  throw machine.problem(
    'node/command',
    'It was the first machine of the cluster, has nothing of it any more, and no other control plane answers: a new cluster in its place would be empty.',
    'Bring another control plane back; or, where the cluster is lost, destroy the stack and make it anew from a backup.',
  );
}

async function init(given: Kubeadm, { machine, progress }: Context): Promise<void> {
  const token = newToken();
  await writeDocuments(machine, given, token);
  await runKubeadm('init --skip-token-print --skip-certificate-key-print', given, machine, progress);
  // The token was for kubeadm's own rules; each join gets one of its own.
  await machine.run('ending the first token', `kubeadm token delete --kubeconfig ${ADMIN} "$(cat)"`, {
    input: token.split('.')[0]!,
  });
  // It lets nobody in particular read how to join, for a way of joining that is closed here.
  await machine.run(
    'closing what is for anonymous readers',
    `kubectl --kubeconfig ${ADMIN} --namespace kube-public delete rolebinding kubeadm:bootstrap-signer-clusterinfo --ignore-not-found >/dev/null`,
  );
  await finish(given, machine);
}

function asJoin(given: Kubeadm): Kubeadm {
  return { ...given, action: 'join', document: given.joinDocument };
}

async function join(given: Kubeadm, context: Context): Promise<void> {
  const { machine, progress } = context;
  progress('asking for a token');
  await forget(given, context);
  const token = await onControlPlane(
    given,
    context,
    'making a token',
    `kubeadm token create --kubeconfig ${ADMIN} --ttl 20m --description ${quoted(`join of ${given.node}`)}`,
  );
  await writeDocuments(machine, given, token.trim());
  await runKubeadm('join', given, machine, progress);
  await onControlPlane(
    given,
    context,
    'ending the token',
    `kubeadm token delete --kubeconfig ${ADMIN} "$(cat)"`,
    token.trim().split('.')[0],
  );
  await finish(given, machine);
}

/** A machine of that name that was here before, and is no more, is forgotten: its node, and its member of etcd. */
async function forget(given: Kubeadm, context: Context): Promise<void> {
  const { node, role } = given;
  const member = `c=$(ctr --namespace k8s.io tasks ls | awk '$3 == "RUNNING" {print $1}' | while read -r id; do ctr --namespace k8s.io containers info "$id" 2>/dev/null | grep -q '"io.kubernetes.container.name": "etcd"' && echo "$id" && break; done)
etcd() { ctr --namespace k8s.io tasks exec --exec-id "keelson-$$-$1" "$c" etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key member "$@"; }
if [ -n "$c" ]; then id=$(etcd list | awk -F', ' '$3 == "${node}" {print $1}'); [ -z "$id" ] || etcd remove "$id" >/dev/null || exit 1; fi`;
  await onControlPlane(
    given,
    context,
    `forgetting ${node}`,
    `${role === 'control-plane' ? member : ''}\nkubectl --kubeconfig ${ADMIN} --request-timeout=30s delete node ${node} --ignore-not-found --wait=false >/dev/null`,
  );
}

/** Runs a script on the first control plane that answers. */
async function onControlPlane(
  { controlPlanes }: Kubeadm,
  { machineAt }: Context,
  what: string,
  script: string,
  input?: string,
): Promise<string> {
  let last: unknown;
  for (const connection of controlPlanes) {
    try {
      return await machineAt(connection).run(what, script, { input });
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function writeDocuments(machine: Machine, given: Kubeadm, token: string): Promise<void> {
  const file = (content: string) =>
    ({ kind: 'file', owner: 'root', group: 'root', mode: '0600', content }) as const;
  const entries: Entries = {
    [KUBEADM_FILE]: file(given.document.replaceAll(TOKEN_PLACEHOLDER, token)),
    ...(given.action === 'join' ? { [DISCOVERY_FILE]: file(discovery(given, token)) } : {}),
  };
  await writeEntries(machine, entries);
}

/** The kubeconfig by which a machine knows the cluster it joins. */
function discovery({ server, authority }: Kubeadm, token: string): string {
  const data = Buffer.from(authority).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster: { server, 'certificate-authority-data': data } }],
    users: [{ name: 'join', user: { token } }],
    contexts: [{ name: 'join', context: { cluster: 'cluster', user: 'join' } }],
    'current-context': 'join',
  });
}

async function runKubeadm(
  command: string,
  { ignoredChecks }: Kubeadm,
  machine: Machine,
  progress: (text: string) => void,
): Promise<void> {
  const ignored = ignoredChecks.length === 0 ? '' : `--ignore-preflight-errors=${ignoredChecks.join(',')}`;
  // Another kubeadm may still run here, of an update that was cut short.
  await machine.run(
    `kubeadm ${command.split(' ')[0]!}`,
    `mkdir -p -m 0700 /run/keelson && exec flock --wait 300 /run/keelson/kubeadm.lock kubeadm ${command} --config ${KUBEADM_FILE} ${ignored}`,
    {
      timeoutMs: 600_000,
      onLine: (line) => {
        if (line.startsWith('[')) progress(line.slice(0, 100));
      },
    },
  );
}

/** Takes away what was for the beginning alone, puts owners and modes right, and says that it is done. */
async function finish(given: Kubeadm, machine: Machine): Promise<void> {
  await writeDocuments(machine, given, USED_TOKEN);
  await machine.run(
    'finishing',
    `rm -f ${DISCOVERY_FILE} /etc/kubernetes/super-admin.conf /etc/kubernetes/bootstrap-kubelet.conf
systemd-tmpfiles --create /etc/tmpfiles.d/keelson.conf || exit 1
cat > ${JOINED}`,
    { input: clusterMark(given.authority) },
  );
}

async function reset(machine: Machine, ignoredChecks: readonly string[]): Promise<void> {
  const ignored = ignoredChecks.length === 0 ? '' : `--ignore-preflight-errors=${ignoredChecks.join(',')}`;
  // The keys in the usual folder are files of their own, and stay.
  await machine.run(
    'kubeadm reset',
    `mkdir -p -m 0700 /run/keelson /run/keelson/none && rm -f ${JOINED} && flock --wait 300 /run/keelson/kubeadm.lock kubeadm reset --force --cert-dir /run/keelson/none ${ignored} >&2`,
    { timeoutMs: 300_000 },
  );
}

async function joinedTo(machine: Machine): Promise<string> {
  return (await machine.run('looking for the cluster', `cat ${JOINED} 2>/dev/null || :`)).trim();
}

/** Whether a machine is the node that it was, and only what says so is gone: it knows the cluster, and the cluster knows it. */
async function isWorkingNode({ node, authority }: Kubeadm, machine: Machine): Promise<boolean> {
  const { status } = await machine.try(
    `[ "$(sha256sum < /etc/kubernetes/pki/ca.crt)" = '${clusterMark(authority)}  -' ] && kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout=20s get node ${node} >/dev/null`,
  );
  return status === 0;
}

async function isHalfDone(machine: Machine): Promise<boolean> {
  const { status } = await machine.try(
    'for f in /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/admin.conf /etc/kubernetes/manifests/*.yaml /var/lib/kubelet/config.yaml /var/lib/etcd/member; do [ -e "$f" ] && exit 0; done; exit 1',
  );
  return status === 0;
}

/** Every file in the folder of static pods, by its name, with its digest: one that begins with a dot, too. */
async function staticPodsOf(machine: Machine): Promise<Readonly<Record<string, string>>> {
  const out = await machine.run(
    'looking at static pods',
    'cd /etc/kubernetes/manifests 2>/dev/null || exit 0; find . -mindepth 1 ! -type d -exec sha256sum {} + | sort -k 2',
  );
  return Object.fromEntries(
    out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66).replace(/^\.\//, ''), line.slice(0, 64)]),
  );
}

/** Takes away static pods that nobody declared, and has kubeadm write those that are gone or changed. */
async function restoreStaticPods(given: Kubeadm, machine: Machine, known: Properties): Promise<void> {
  const now = await staticPodsOf(machine);
  if (isDeepStrictEqual(now, known)) return;
  const strangers = Object.keys(now).filter((name) => !(name in known));
  if (strangers.length > 0)
    await machine.run(
      'removing static pods',
      `cd /etc/kubernetes/manifests && rm -f -- ${strangers.map(quoted).join(' ')}`,
    );
  const broken = Object.keys(known).filter((name) => now[name] !== known[name]);
  if (broken.length === 0) return;
  for (const name of broken) {
    const pod = name.replace(/\.yaml$/, '');
    const phase = pod === 'etcd' ? 'etcd local' : `control-plane ${pod.replace(/^kube-/, '')}`;
    // A machine that joined has no document of the cluster: the cluster keeps it.
    const config = `if grep -q 'kind: ClusterConfiguration' ${KUBEADM_FILE}; then c=${KUBEADM_FILE}; else c=/run/keelson/cluster.yaml; ${fetchClusterConfiguration(given)}; fi`;
    await machine.run(
      `writing ${name} again`,
      `mkdir -p -m 0700 /run/keelson && ${config} && kubeadm init phase ${phase} --config "$c" >&2 && chmod 0600 /etc/kubernetes/manifests/${quoted(name)}`,
    );
  }
}

/** kubeadm's documents for a control plane that joined: the cluster's own, and the address and patches of the machine. */
function fetchClusterConfiguration({ document }: Kubeadm): string {
  const address = /advertiseAddress: (\S+)/.exec(document)?.[1] ?? '';
  const local = `apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nlocalAPIEndpoint:\n  advertiseAddress: ${address}\n  bindPort: 6443\npatches:\n  directory: /etc/kubernetes/keelson/patches\n---\n`;
  return `{ printf %s ${quoted(local)}; kubectl --kubeconfig ${ADMIN} --namespace kube-system get configmap kubeadm-config --output 'jsonpath={.data.ClusterConfiguration}'; } > /run/keelson/cluster.yaml`;
}

/** A token as kubeadm makes them: six and sixteen letters and digits. */
function newToken(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const random = (length: number): string =>
    Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
  return `${random(6)}.${random(16)}`;
}

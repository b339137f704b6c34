import { z } from 'zod';
import { judgeServingRequest, KUBELET_SERVING_SIGNER } from '../../pki';
import { connectionSchema } from '../connection';
import type { Machine } from '../machine/machine';
import { quoted } from '../ssh/quote';
import type { Context, Kind } from './kind';

const KUBECTL = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=30s';

/** How long nodes have to be ready. */
const PATIENCE_MS = 300_000;

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LABEL = /^[A-Za-z0-9./-]{1,317}$/;

const schema = z.looseObject({
  /** Control planes that may be asked, first one first. */
  controlPlanes: z.array(connectionSchema),
  /** The nodes by their name: their address, and the labels that an administrator sets. */
  nodes: z.record(
    z.string().regex(NAME),
    z.strictObject({
      address: z.string(),
      labels: z.record(z.string().regex(LABEL), z.string().regex(/^[\w.-]{0,63}$/)),
    }),
  ),
});

type Nodes = z.infer<typeof schema>;

/**
 * Waits until all nodes of a cluster are ready: approves what their kubelets ask to serve with, each request judged against what was
 * declared, and sets the labels that no kubelet may set. Source: NET-2, NET-4.
 */
export const nodes: Kind<Nodes> = {
  schema,

  apply: async (given, context) => {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const machine = await answering(given, context);
      await approve(given, machine);
      const seen = await nodesOf(machine);
      const waiting = Object.keys(given.nodes).filter((name) => !(seen.get(name)?.ready ?? false));
      const unserved = await unservedOf(given, machine);
      if (waiting.length === 0 && unserved.length === 0) {
        await label(given, machine);
        return {};
      }
      context.progress(`waiting for ${[...new Set([...waiting, ...unserved])].join(', ')}`);
      if (Date.now() > end) {
        const reasons = waiting.map((name) => `${name}: ${seen.get(name)?.message ?? 'it has not joined'}`);
        throw machine.problem(
          'node/not-ready',
          `After ${PATIENCE_MS / 1000} s not all nodes are ready: ${[...reasons, ...unserved.map((name) => `${name}: no serving certificate`)].join('; ')}.`,
          'See `kubectl describe node`, and run the update again.',
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  },

  read: async (kept, context) => {
    const seen = await nodesOf(await answering(kept, context));
    return {
      ...kept,
      nodes: Object.fromEntries(
        Object.entries(kept.nodes).flatMap(([name, { address, labels }]) => {
          const node = seen.get(name);
          if (node === undefined) return [];
          const now = Object.fromEntries(
            Object.keys(labels).flatMap((key) =>
              node.labels[key] === undefined ? [] : [[key, node.labels[key]]],
            ),
          );
          return [[name, { address, labels: now }]];
        }),
      ),
    };
  },

  remove: async () => undefined,
};

/** The first control plane that has an API server behind it. */
async function answering({ controlPlanes }: Nodes, { machineAt }: Context): Promise<Machine> {
  let last: unknown = new Error('No control plane is named.');
  for (const connection of controlPlanes) {
    const machine = machineAt(connection);
    try {
      await machine.run('asking the API server', `${KUBECTL} get --raw /readyz >/dev/null`);
      return machine;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

interface SeenNode {
  readonly ready: boolean;
  readonly message: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
}

interface NodeObject {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly addresses?: SeenNode['addresses'];
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

async function nodesOf(machine: Machine): Promise<ReadonlyMap<string, SeenNode>> {
  const { items } = JSON.parse(await machine.run('listing nodes', `${KUBECTL} get nodes --output json`)) as {
    items: NodeObject[];
  };
  return new Map(
    items.map(({ metadata: { name, labels = {} }, status = {} }) => {
      const condition = status.conditions?.find(({ type }) => type === 'Ready');
      return [
        name,
        {
          ready: condition?.status === 'True',
          message: condition?.message ?? '',
          labels,
          addresses: status.addresses ?? [],
        },
      ];
    }),
  );
}

interface RequestObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly signerName: string;
    readonly username: string;
    readonly groups?: readonly string[];
    readonly usages?: readonly string[];
    readonly request: string;
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string }[];
    readonly certificate?: string;
  };
}

async function requestsOf(machine: Machine): Promise<readonly RequestObject[]> {
  const out = await machine.run(
    'listing certificate requests',
    `${KUBECTL} get certificatesigningrequests --output json`,
  );
  return (JSON.parse(out) as { items: RequestObject[] }).items.filter(
    ({ spec }) => spec.signerName === KUBELET_SERVING_SIGNER,
  );
}

/** Approves the requests that are good; what is not stays, for who looks. */
async function approve(given: Nodes, machine: Machine): Promise<void> {
  const pending = (await requestsOf(machine)).filter(({ status }) => (status?.conditions ?? []).length === 0);
  if (pending.length === 0) return;
  const seen = await nodesOf(machine);
  const declared = Object.entries(given.nodes).map(([name, { address }]) => ({ name, addresses: [address] }));
  const good: string[] = [];
  for (const { metadata, spec } of pending) {
    const name = spec.username.replace(/^system:node:/, '');
    const node = seen.get(name);
    const verdict = await judgeServingRequest(
      {
        ...spec,
        groups: spec.groups ?? [],
        usages: spec.usages ?? [],
        pem: Buffer.from(spec.request, 'base64').toString('utf8'),
      },
      node === undefined ? undefined : { name, addresses: node.addresses },
      declared,
    );
    if (verdict.decision === 'approve') good.push(metadata.name);
  }
  if (good.length > 0)
    await machine.run(
      'approving certificate requests',
      `${KUBECTL} certificate approve ${good.map(quoted).join(' ')} >/dev/null`,
    );
}

/** Declared nodes whose kubelet the API server does not reach and verify: they have no serving certificate yet. */
async function unservedOf(given: Nodes, machine: Machine): Promise<readonly string[]> {
  const script = Object.keys(given.nodes)
    .map((name) => `${KUBECTL} get --raw /api/v1/nodes/${name}/proxy/healthz >/dev/null 2>&1 || echo ${name}`)
    .join('\n');
  const out = await machine.run('asking kubelets', `${script}\n:`, { timeoutMs: 120_000 });
  return out.split('\n').filter((name) => name !== '');
}

async function label(given: Nodes, machine: Machine): Promise<void> {
  for (const [name, { labels }] of Object.entries(given.nodes)) {
    const words = Object.entries(labels).map(([key, value]) => quoted(`${key}=${value}`));
    if (words.length > 0)
      await machine.run(
        'labelling nodes',
        `${KUBECTL} label --overwrite node ${name} ${words.join(' ')} >/dev/null`,
      );
  }
}

import { spawnSync } from 'node:child_process';
import { isIPv6 } from 'node:net';
import type { Manifest } from '../../../constructs';
import { buildGo } from '../go-build';

/** A packet that is asked about: ends are Pods that have addresses, or addresses outside of pods. */
export interface Packet {
  readonly from: Manifest | string;
  readonly to: Manifest | string;
  readonly protocol: string;
  readonly port: number;
}

/** What cyclonus is asked about one cluster. */
export interface Question {
  readonly objects: readonly Manifest[];
  readonly packets: readonly Packet[];
}

/** Whether each packet gets through; or why cyclonus does not say. */
export type Verdicts = { readonly allowed: readonly boolean[] } | { readonly error: string };

/** Asks the policy matcher of cyclonus, a public evaluator of network policies (see `main.go`). */
export function askCyclonus(questions: readonly Question[]): readonly Verdicts[] {
  const made = questions.map(inputOf);
  const { status, stdout, stderr } = spawnSync(program(), [], {
    input: made.map(({ input }) => JSON.stringify(input)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`cyclonus failed: ${stderr}`);
  const lines = stdout.trim().split('\n');
  return made.map(({ of }, at): Verdicts => {
    const { allowed, error } = JSON.parse(lines[at]!) as { allowed: boolean[] | null; error?: string };
    if (error !== undefined) return { error };
    return { allowed: of.map((numbers) => numbers.some((number) => allowed![number])) };
  });
}

let built: string | undefined;

function program(): string {
  return (built ??= buildGo(__dirname, 'cyclonus-matcher'));
}

/** The input of the program, and for each packet the numbers of those that are asked: one for each family of addresses. */
function inputOf({ objects, packets }: Question): { input: unknown; of: readonly (readonly number[])[] } {
  const ends: unknown[] = [];
  const places = new Map<string, number>();
  const placeOf = (one: Manifest | string, ip: string): number => {
    const known = places.get(ip);
    if (known !== undefined) return known;
    places.set(ip, ends.length);
    ends.push(typeof one === 'string' ? { ip } : { ip, ...labelsOf(objects, one) });
    return ends.length - 1;
  };
  const asked: unknown[] = [];
  const of = packets.map(({ from, to, protocol, port }) =>
    addressesOf(from).flatMap((source) =>
      addressesOf(to).flatMap((destination) => {
        if (isIPv6(source) !== isIPv6(destination)) return [];
        const [a, b] = [placeOf(from, source), placeOf(to, destination)];
        return asked.push({ from: a, to: b, protocol, port, portName: nameOf(to, protocol, port) }) - 1;
      }),
    ),
  );
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  return { input: { policies, ends, packets: asked }, of };
}

function labelsOf(objects: readonly Manifest[], { metadata }: Manifest): object {
  const namespace = metadata.namespace!;
  const found = objects.find((one) => one.kind === 'Namespace' && one.metadata.name === namespace);
  return {
    namespace,
    namespaceLabels: { ...found?.metadata.labels, 'kubernetes.io/metadata.name': namespace },
    podLabels: metadata.labels ?? {},
  };
}

interface PodParts {
  readonly spec: {
    readonly containers: readonly {
      readonly ports: readonly {
        readonly containerPort: number;
        readonly protocol?: string;
        readonly name?: string;
      }[];
    }[];
  };
  readonly status: { readonly podIPs: readonly { readonly ip: string }[] };
}

function addressesOf(one: Manifest | string): readonly string[] {
  return typeof one === 'string' ? [one] : (one as unknown as PodParts).status.podIPs.map(({ ip }) => ip);
}

/** What a pod calls a port of its own. */
function nameOf(one: Manifest | string, protocol: string, port: number): string | undefined {
  if (typeof one === 'string') return undefined;
  return (one as unknown as PodParts).spec.containers
    .flatMap(({ ports }) => ports)
    .find((own) => own.containerPort === port && (own.protocol ?? 'TCP') === protocol)?.name;
}

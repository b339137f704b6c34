import { KeelsonError, PROTOCOLS } from '../model';
import { zod } from '../model/zod';
import { LAST_PORT, type Reachability } from './reachability';

/**
 * Reads reachability data that was written before.
 *
 * @param value the JSON value
 * @param where the file
 * @throws KeelsonError (`reach/data`) naming every field that is wrong
 */
export function parseReachability(value: unknown, where: string): Reachability {
  const parsed = schema().safeParse(value);
  if (parsed.success) return value as Reachability;
  throw new KeelsonError(
    parsed.error.issues.slice(0, 20).map(({ path, message }) => ({
      code: 'reach/data',
      where: `${where}: ${path.join('.') || 'the document'}`,
      message: `${message}.`,
      fix: 'Write it again with this version of keelson.',
    })),
  );
}

/** What others rely on; what else stands there is passed on. */
function schema() {
  const z = zod();
  const texts = z.array(z.string());
  const port = z.int().min(1).max(LAST_PORT);
  const protocol = z.enum(PROTOCOLS);
  const point = z.discriminatedUnion('type', [
    z.looseObject({
      ...{ id: z.string(), type: z.literal('workload') },
      ...{ kind: z.string(), namespace: z.string(), name: z.string(), source: z.string() },
      ports: z.array(z.looseObject({ protocol, port })),
      ...{ ingressDeniedBy: texts, egressDeniedBy: texts },
    }),
    z.looseObject({ id: z.string(), type: z.literal('elsewhere') }),
    z.looseObject({
      id: z.string(),
      type: z.enum(['outside', 'addresses', 'metadata', 'api-server', 'nodes']),
      ranges: texts,
    }),
  ]);
  const opening = z.looseObject({ protocol, port, endPort: port, egress: texts, ingress: texts });
  return z.looseObject({
    format: z.literal('keelson/reachability'),
    version: z.literal(1),
    network: z.looseObject({}),
    foreign: z.array(z.looseObject({ namespace: z.string(), labels: z.record(z.string(), z.string()) })),
    points: z.array(point),
    flows: z.array(z.looseObject({ from: z.string(), to: z.string(), openings: z.array(opening) })),
    policies: z.array(
      z.looseObject({
        ...{ name: z.string(), source: z.string(), pods: z.string() },
        ...{ ingress: texts.optional(), egress: texts.optional() },
      }),
    ),
    notCounted: z.record(z.string(), z.number()),
  });
}

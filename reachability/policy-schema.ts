import type { z as Zod } from 'zod';
import { Cidr, PROTOCOLS } from '../model';
import { zod } from '../model/zod';
import { LAST_PORT } from './reachability';

/* The spec of a NetworkPolicy as the API server takes it; fields of later releases are left alone. */

export interface RawSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}

export interface RawPeer {
  readonly podSelector?: RawSelector | null;
  readonly namespaceSelector?: RawSelector | null;
  readonly ipBlock?: { readonly cidr: string; readonly except: readonly string[] } | null;
}

export interface RawPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port?: number | string | null;
  readonly endPort?: number | null;
}

export interface RawPolicy {
  readonly podSelector?: RawSelector | null;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly { readonly from: readonly RawPeer[]; readonly ports: readonly RawPort[] }[];
  readonly egress: readonly { readonly to: readonly RawPeer[]; readonly ports: readonly RawPort[] }[];
}

const PART = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const DOMAIN_PART = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** What a label may be called: a name, after a domain of at most 253 characters. */
const LABEL_KEY = new RegExp(`^(?=[^/]{0,253}/|[^/]*$)(${DOMAIN_PART}([.]${DOMAIN_PART})*/)?${PART}$`);
const LABEL_VALUE = new RegExp(`^(${PART})?$`);

let made: Zod.ZodType<RawPolicy> | undefined;

/** The schema, made when it is first asked for: zod takes 40 ms to load. */
export function policySchema(): Zod.ZodType<RawPolicy> {
  return (made ??= policyOf(zod()));
}

function policyOf(z: typeof Zod): Zod.ZodType<RawPolicy> {
  const list = <T extends Zod.ZodType>(item: T) =>
    z
      .array(item)
      .nullish()
      .transform((items) => items ?? []);
  const key = z.string().regex(LABEL_KEY, 'It is no key of a label');
  const labelValue = z.string().regex(LABEL_VALUE, 'It is no value of a label');
  const selector = z.object({
    matchLabels: z
      // A record forgets `__proto__` without a word, and the selector would select more.
      .custom<object>((labels) => !Object.hasOwn(Object(labels), '__proto__'), 'It is no key of a label')
      .pipe(z.record(key, labelValue))
      .nullish()
      .transform((labels) => labels ?? {}),
    matchExpressions: list(
      z
        .object({
          key,
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: list(labelValue),
        })
        .refine(({ operator, values }) => /In$/.test(operator) === values.length > 0, {
          message: 'In and NotIn need values, Exists and DoesNotExist take none.',
        }),
    ),
  });
  const cidr = z
    .string()
    .refine((text) => Cidr.parse(text) !== undefined, { message: 'It is no range of addresses.' });
  const peer = z
    .object({
      podSelector: selector.nullish(),
      namespaceSelector: selector.nullish(),
      ipBlock: z
        .object({ cidr, except: list(cidr) })
        .refine(inside, { message: 'except has to lie within cidr, and be smaller.' })
        .nullish(),
    })
    .refine((one) => one.ipBlock != null || one.podSelector != null || one.namespaceSelector != null, {
      message: 'The peer names nobody.',
    })
    .refine((one) => one.ipBlock == null || (one.podSelector == null && one.namespaceSelector == null), {
      message: 'A peer is addresses or pods, not both.',
    });
  const number = z.int().min(1).max(LAST_PORT);
  const port = z
    .object({
      protocol: z
        .enum(PROTOCOLS)
        .nullish()
        .transform((protocol) => protocol ?? 'TCP'),
      port: z
        .union([
          number,
          // Its length is in the pattern: `max` would read the length of what is no text, too.
          z.string().regex(/^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/),
        ])
        .nullish(),
      endPort: number.nullish(),
    })
    .refine((one) => one.endPort == null || (typeof one.port === 'number' && one.port <= one.endPort), {
      message: 'endPort needs a port that is a number, and not a larger one.',
    });
  return z.object({
    podSelector: selector.nullish(),
    policyTypes: list(z.enum(['Ingress', 'Egress'])).refine((types) => types.length <= 2, {
      message: 'There are two policy types.',
    }),
    ingress: list(z.object({ from: list(peer), ports: list(port) })),
    egress: list(z.object({ to: list(peer), ports: list(port) })),
  });
}

function inside(block: { readonly cidr: string; readonly except: readonly string[] }): boolean {
  const whole = Cidr.parse(block.cidr);
  return block.except.every((text) => {
    const part = Cidr.parse(text);
    // What is no range at all has been told already.
    if (whole === undefined || part === undefined) return true;
    return whole.containsCidr(part) && part.length > whole.length;
  });
}

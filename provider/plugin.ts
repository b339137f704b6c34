import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import { connectionSchema, nameOf, type Connection } from './connection';
import { KINDS } from './kinds';
import type { Context, Kind, Properties } from './kinds/kind';
import { Machine } from './machine/machine';
import type { Progress } from './progress';
import { SessionPool } from './ssh/pool';
import { holdsSecret, holdsUnknown, secret, unwrap } from './wire/values';

/** Resources that no machine is behind. */
const HERE: Connection = { host: 'localhost', hostKey: '' };

/**
 * The provider: it finds the kind of a resource by its type, compares name by name, and runs what the kind does. It holds no state but
 * the connections.
 */
export class NodesProvider implements pulumi.provider.Provider {
  public readonly version: string;
  readonly #pool = new SessionPool();
  readonly #progress: Progress;

  public constructor(version: string, progress: Progress) {
    this.version = version;
    this.#progress = progress;
  }

  public async check(urn: string, _olds: unknown, news: Properties): Promise<pulumi.provider.CheckResult> {
    const given = unwrap(news) as Properties;
    // What is not known yet is checked once it is.
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => !holdsUnknown(value)));
    const isWhole = Object.keys(known).length === Object.keys(given).length;
    const { connection, ...rest } = known;
    const failures = [
      ...('connection' in given && connection !== undefined
        ? failuresOf(connectionSchema.safeParse(connection), ['connection'])
        : []),
      ...(isWhole ? failuresOf(kindOf(urn).schema.safeParse(rest)) : []),
    ];
    return { inputs: news, failures };
  }

  public async diff(
    _id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<pulumi.provider.DiffResult> {
    return {
      changes: changesOf(kindOf(urn), unwrap(olds) as Properties, unwrap(news) as Properties).length > 0,
    };
  }

  public async create(urn: string, news: Properties): Promise<pulumi.provider.CreateResult> {
    const outs = await this.#apply(urn, news);
    return { id: urn.slice(urn.lastIndexOf('::') + 2), outs };
  }

  public async update(
    _id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<pulumi.provider.UpdateResult> {
    return { outs: await this.#apply(urn, news, olds) };
  }

  public async read(id: string, urn: string, props: Properties = {}): Promise<pulumi.provider.ReadResult> {
    const kind = kindOf(urn);
    const kept = unwrap(props) as Properties;
    const now = await kind.read(kept, this.#context(urn, kept.connection));
    // Without an id the resource is gone.
    if (now === undefined) return { id: '', props: {} };
    const seen = { ...now, ...('connection' in kept ? { connection: kept.connection } : {}) };
    const outs = sealed(kind, seen, props);
    const given = Object.entries(outs).filter(([name]) => !(kind.outputs ?? []).includes(name));
    return { id, props: outs, inputs: Object.fromEntries(given) };
  }

  public async delete(_id: string, urn: string, props: Properties): Promise<void> {
    const kept = unwrap(props) as Properties;
    await kindOf(urn).remove(kept, this.#context(urn, kept.connection));
  }

  public async cancel(): Promise<void> {
    this.#pool.close();
  }

  async #apply(urn: string, news: Properties, olds?: Properties): Promise<Properties> {
    const kind = kindOf(urn);
    const { connection, ...rest } = unwrap(news) as Properties;
    // Again: what was not known when it was checked is known now.
    const given = kind.schema.parse(rest);
    const outputs = await kind.apply(
      given,
      this.#context(urn, connection),
      olds === undefined ? undefined : (unwrap(olds) as Properties),
    );
    return { ...news, ...sealed(kind, outputs, {}) };
  }

  #context(urn: string, connection: unknown): Context {
    const machineAt = (to: Connection): Machine => new Machine(to, this.#pool);
    const own = (connection as Connection | undefined) ?? HERE;
    const shown = connection === undefined ? '' : `${nameOf(own)}: `;
    return {
      machine: machineAt(own),
      machineAt,
      progress: (text) => this.#progress.show(urn, `${shown}${text}`),
    };
  }
}

function kindOf(urn: string): Kind {
  const type = urn.split('::')[2]!.split('$').pop()!;
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`There is no resource ${type}.`);
  return kind;
}

/** Names of what is different: between what is kept and what is given, and in what was found. */
export function changesOf(kind: Kind, kept: Properties, given: Properties): readonly string[] {
  const { compared = (_: string, value: unknown) => value, drifted = () => [] } = kind;
  // A resource keeps outputs besides what it was given: those are not for the program to give.
  const outputs = new Set([...(kind.outputs ?? [])]);
  const names = new Set([...Object.keys(given), ...Object.keys(kept).filter((name) => !outputs.has(name))]);
  const differs = (name: string): boolean =>
    holdsUnknown(given[name]) ||
    !isDeepStrictEqual(plain(compared(name, kept[name])), plain(compared(name, given[name])));
  return [...[...names].filter((name) => name !== '__defaults' && differs(name)), ...drifted(kept)];
}

/** Without what is undefined, which the wire does not carry. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** What is secret is wrapped again: outputs that the kind names, and what was a secret before. */
function sealed(kind: Kind, values: Properties, before: Properties): Properties {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        (kind.secrets ?? []).includes(name) || holdsSecret(before[name]) ? secret(value) : value,
      ]),
  );
}

interface Parsed {
  readonly error?: {
    readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
  };
}

function failuresOf({ error }: Parsed, prefix: readonly string[] = []): pulumi.provider.CheckFailure[] {
  return (error?.issues ?? []).map(({ path, message }) => ({
    property: [...prefix, ...path.map(String)].join('.'),
    reason: message,
  }));
}

import { KUBERNETES_TYPES } from '../../../policies/engine/schema/table';

/** Pseudo-random choices that a seed repeats. */
export class Random {
  public constructor(private state: number) {}

  /** A whole number from 0 up to, not including, the bound. */
  public below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  public pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  public chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

const WORDS = [
  '',
  'a',
  'ALL',
  'default',
  'http',
  'repo.example/app:latest',
  'app',
  'User',
  '/etc',
  'ünï',
  '😀x',
  'a,b',
  'ClusterIP',
  '10.0.0.1',
];
const QUANTITIES = [
  '1',
  '1000m',
  '0.5',
  '1.5Gi',
  '1024Mi',
  '100m',
  '1e3',
  '12E',
  '0',
  '-1',
  '1u',
  '3Ki',
  1,
  0.25,
  2000,
];
const PREFERRED = [
  'spec',
  'containers',
  'securityContext',
  'rules',
  'subjects',
  'ports',
  'template',
  'metadata',
  'name',
  'image',
  'volumes',
  'capabilities',
  'resources',
  'webhooks',
  'hostNetwork',
  'labels',
  'jobTemplate',
  'limits',
  'type',
  'roleRef',
];

/** An object with random fields of the right types, of one of the kinds (each `apiVersion kind`). */
export function randomObject(
  random: Random,
  kinds: readonly string[] = Object.keys(KUBERNETES_TYPES.kinds),
): Record<string, unknown> {
  const key = random.pick(kinds);
  const [apiVersion, kind] = key.split(' ');
  const object = randomValue(random, KUBERNETES_TYPES.kinds[key]!, 0) as Record<string, unknown>;
  return { ...object, apiVersion, kind };
}

function randomValue(random: Random, code: string, depth: number): unknown {
  const rest = code.slice(1);
  const some = <T>(make: () => T): T[] => Array.from({ length: random.below(3) }, make);
  switch (code) {
    case 'b':
      return random.chance(50);
    case 'i':
    case 'l':
      return random.pick([0, 1, 80, 443, 1000, -1, 65535]);
    case 's':
      return random.pick(WORDS);
    case 'y':
      return random.pick(['', 'aGk=', 'AAECAw==']);
    case 't':
      return random.pick(['2026-01-31T12:00:00Z', '2026-01-31T12:00:00+02:00']);
    case 'q':
      return random.pick(QUANTITIES);
    case 'x':
      return random.pick([0, 80, 'http', '25%']);
    case 'd':
      return { a: [1, { b: 'c' }] };
  }
  if (code.startsWith('*')) return randomValue(random, rest, depth);
  if (code.startsWith('['))
    return some(() => (random.chance(3) ? null : randomValue(random, rest, depth + 1)));
  if (code.startsWith('{')) {
    return Object.fromEntries(
      some(() => [
        random.pick(['a', 'cpu', 'memory', 'app', '__proto__x']),
        randomValue(random, rest, depth + 1),
      ]),
    );
  }
  const fields = Object.entries(KUBERNETES_TYPES.types[code]!).filter(([name]) => {
    if (name === 'apiVersion' || name === 'kind') return depth > 0 && random.chance(30);
    return random.chance(PREFERRED.includes(name) ? 75 : depth > 4 ? 5 : 12);
  });
  const unknown = random.chance(5) ? [['unknownField', 1]] : [];
  return Object.fromEntries([
    ...fields.map(([name, inner]) => [
      name,
      random.chance(3) ? null : randomValue(random, inner.slice(1), depth + 1),
    ]),
    ...unknown,
  ]);
}

interface Term {
  readonly text: string;
  readonly code: string;
  /** `has()` for each field on the way. */
  readonly guards: readonly string[];
}

/** A random expression over an object, in the shapes that controls have. */
export function randomExpression(random: Random, object: Record<string, unknown>): string {
  const code = KUBERNETES_TYPES.kinds[`${object.apiVersion} ${object.kind}`]!;
  return condition(random, [{ text: 'object', code, guards: [] }], 0);
}

function condition(random: Random, scope: readonly Term[], depth: number): string {
  const inner = (): string => condition(random, scope, depth + 1);
  if (depth < 3 && random.chance(45)) {
    switch (random.below(5)) {
      case 0:
        return `(${inner()} && ${inner()})`;
      case 1:
        return `(${inner()} || ${inner()})`;
      case 2:
        return `!(${inner()})`;
      case 3:
        return `(${inner()} ? ${inner()} : ${inner()})`;
      default:
        return `(${inner()}) == (${inner()})`;
    }
  }
  const term = path(random, scope);
  const last = term.guards.at(-1);
  const test = random.chance(20) && last !== undefined ? last : about(random, term, scope, depth);
  const guards = random.chance(50) ? term.guards : random.chance(50) ? term.guards.slice(-1) : [];
  if (guards.length === 0) return test;
  return random.chance(50) ? `(${[...guards, test].join(' && ')})` : `(!(${guards.join(' && ')}) || ${test})`;
}

function path(random: Random, scope: readonly Term[]): Term {
  let term = random.pick([scope.at(-1)!, random.pick(scope)]);
  for (let steps = 1 + random.below(5); steps > 0; steps -= 1) {
    const fields = Object.entries(KUBERNETES_TYPES.types[term.code.replace(/^\*/, '')] ?? {});
    if (fields.length === 0) break;
    const preferred = fields.filter(([name]) => PREFERRED.includes(name));
    const [name, code] = random.pick(preferred.length > 0 && random.chance(70) ? preferred : fields);
    const text = `${term.text}.${/^(in|namespace|import|const|default|for)$/.test(name) ? `nope` : name}`;
    term = { text, code: code.slice(1), guards: [...term.guards, `has(${text})`] };
  }
  return term;
}

function about(random: Random, { text, code }: Term, scope: readonly Term[], depth: number): string {
  const plain = code.replace(/^\*/, '');
  const word = JSON.stringify(random.pick(WORDS));
  const number = random.pick([0, 1, 80, 443, 65535]);
  if (plain.startsWith('[') || plain.startsWith('{')) return collection(random, text, plain, scope, depth);
  switch (plain) {
    case 'b':
      return random.pick([text, `${text} == false`, `${text} == ${random.chance(50)}`]);
    case 'i':
    case 'l':
      return random.pick([
        `${text} ${random.pick(['==', '!=', '<', '>=', '>'])} ${number}`,
        `${text} in [0, 80, 443]`,
        `${text} + 1 == ${number}`,
        `${text} / ${number} > 0`,
        `${text} % 2 == 0`,
        `double(${text}) * 1.5 > 1.0`,
        `string(${text}) == "80"`,
        `${text} == 80.0`,
      ]);
    case 'q':
      return random.pick([
        `quantity(${text}).compareTo(quantity("500m")) > 0`,
        `quantity(${text}).isLessThan(quantity("1Gi"))`,
        `isQuantity(${text})`,
        `quantity(${text}).isInteger() && quantity(${text}).asInteger() < 5`,
        `quantity(${text}).add(quantity("1")).sub(1) == quantity(${text})`,
        `sign(quantity(${text})) == 1`,
        `quantity(${text}).asApproximateFloat() < 1.5`,
      ]);
    case 's':
    case 'x':
    case 't':
    case 'y':
      return random.pick([
        `${text} == ${word}`,
        `${text} != ${word}`,
        `${text} in ["a", "ALL", ${word}]`,
        `${text}.startsWith(${word})`,
        `${text}.contains(${word})`,
        `${text}.endsWith(${word})`,
        `${text}.matches("^[a-z0-9./:-]+$")`,
        `${text}.size() > ${number}`,
        `${text}.lowerAscii() == ${word}`,
        `${text}.split(${word}).size() == 1`,
        `${text}.split(",", ${random.below(3)}).join("+") == ${word}`,
        `${text}.indexOf(${word}) < ${text}.lastIndexOf(${word})`,
        `${text}.indexOf(${word}, 1) == 2`,
        `${text}.substring(1) == ${word}`,
        `${text}.charAt(1) == "p"`,
        `${text}.replace(${word}, "x", ${random.below(4) - 1}).upperAscii() == ${word}`,
        `${text}.trim() < ${word}`,
        `isIP(${text}) && cidr("10.0.0.0/8").containsIP(${text})`,
        `isCIDR(${text})`,
        `type(${text}) == string`,
        `${text} == 80`,
        `int(${text}) > 1`,
      ]);
    default:
      return random.pick([
        `${text} == {}`,
        `size(${text}) > 1`,
        `${text} != ${scope[0]!.text}`,
        `"name" in ${text}`,
        `${text}.exists(k, k == "name")`,
        `type(${text}) == map`,
      ]);
  }
}

function collection(
  random: Random,
  text: string,
  code: string,
  scope: readonly Term[],
  depth: number,
): string {
  const name = `v${scope.length}`;
  const list = code.startsWith('[');
  const element: Term = { text: list ? name : `${text}[${name}]`, code: code.slice(1), guards: [] };
  const test = depth < 3 ? condition(random, [...scope, element], depth + 1) : 'true';
  const macro = random.pick(['all', 'all', 'exists', 'exists_one']);
  return random.pick([
    `${text}.${macro}(${name}, ${test})`,
    `${text}.${macro}(${name}, ${test})`,
    `${text}.filter(${name}, ${test}).size() == 1`,
    `${text}.map(${name}, ${test}) == [true]`,
    `${text}.map(${name}, ${test}, 1).sum() > 1`,
    `size(${text}) > 1`,
    list ? `(${text} + ${text}).size() == 2` : `"a" in ${text}`,
    list ? `"ALL" in ${text}` : `${text}["a"] == "a"`,
    list ? `sets.contains(["a", "ALL"], ${text})` : `${text}.a != "b"`,
    list ? `${text}[0] == ${text}[1]` : `${text} == {"a": "b"}`,
    list ? `${text}.isSorted()` : `has(${text}.app)`,
    list ? `${text}.includes("a")` : `${text}.cpu == "1"`,
    list ? `${text}.join(",") == "a"` : `type(${text}.app) == string`,
    list ? `${text}.max() == "a" || ${text}.indexOf("a") == 0` : `${text} == ${text}`,
  ]);
}

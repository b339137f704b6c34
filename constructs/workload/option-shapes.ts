import { Size } from 'cdk8s';
import { settingValue } from '../../model';
import { Probe } from '../cdk8s-plus';
import { HardenedNamespace } from '../namespace/hardened-namespace';
import { Port } from '../network/port';
import { PortRange } from '../network/port-range';
import { isOutput } from '../output';
import type { PropsCheck } from '../validation';

/** What an option has to be, for those who write JavaScript or get by the types; the compiler tells everyone else. */
type Shape = readonly [wanted: string, fits: (value: unknown) => boolean];

const listOf =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(fits);

const mapOf =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(fits);

const isText = (value: unknown): boolean => typeof value === 'string' || isOutput(value);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isSize = (value: unknown): boolean => value instanceof Size;
const isPort = (value: unknown): boolean => value instanceof Port;

const TEXTS: Shape = ['a list of texts', listOf(isText)];
const PROBE: Shape = ['a Probe of cdk8s-plus', (value) => value instanceof Probe];

const SHAPES: readonly (readonly [option: string, shape: Shape])[] = [
  ['namespace', ['a HardenedNamespace', (value) => value instanceof HardenedNamespace]],
  ['image', ['a text', isText]],
  ['command', TEXTS],
  ['args', TEXTS],
  ['env', ['an object of texts', mapOf(isText)]],
  ['secretFiles', ['an object of SecretSources', mapOf(isObject)]],
  ['secretEnv', ['an object of Secrets and keys', mapOf(isObject)]],
  ['writable', ['an object of Sizes', mapOf(isSize)]],
  ['port', ['a Port, as Port.tcp(8080)', isPort]],
  ['otherPorts', ['a list of Ports; ranges stand in portRanges', listOf(isPort)]],
  [
    'portRanges',
    ['a list of ranges, as Port.udpRange(16384, 16484)', listOf((value) => value instanceof PortRange)],
  ],
  ['readiness', PROBE],
  ['liveness', PROBE],
  ['startup', PROBE],
  ['memory', ['a Size, as Size.mebibytes(128)', isSize]],
  ['waivers', ['a list of waivers', listOf(isObject)]],
];

/** What a workload cannot do without. */
const REQUIRED = ['namespace', 'image'];

/** Notes each option that is not what it has to be; nothing else can be said of such a workload. */
export function checkShapes(check: PropsCheck, options: Readonly<Record<string, unknown>>): void {
  const wrong = SHAPES.filter(([option, [, fits]]) => {
    const value = settingValue(options[option]);
    return value === undefined ? REQUIRED.includes(option) : !fits(value);
  });
  for (const [option, [wanted]] of wrong) {
    const received = options[option] === undefined ? 'missing' : `not ${wanted}`;
    check.require(false, option, `It is ${received}.`, `Give ${wanted}.`);
  }
}

import { isWaived, settingValue, type ImageUser, type PostureSettings } from '../../model';
import type { Port } from '../network/port';
import type { PortRange } from '../network/port-range';
import { isOutput } from '../output';
import { isDnsLabel, PropsCheck } from '../validation';
import type { HardenedWorkload } from './hardened-workload';
import { nameOfPort, portsOf } from './container-props';
import { isIn } from './identity';
import type { WorkloadOptions } from './workload-options';

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** The only capability that needs no waiver. */
const FREE_CAPABILITY = 'NET_BIND_SERVICE';

/** What is wrong with the options of a workload, noted for `done()` to throw. */
export function checkWorkload(
  workload: HardenedWorkload,
  options: WorkloadOptions,
  posture: PostureSettings,
  imageUser: ImageUser | undefined,
): PropsCheck {
  const check = new PropsCheck(workload).require(
    isDnsLabel(workload.name),
    'name',
    `"${workload.name}" is not a DNS label.`,
    'Use lower case letters, digits and dashes, at most 63.',
  );
  if (checkWaivers(check, options)) return check;
  checkImage(check, options);
  checkIdentity(check, options, posture);
  checkImageUser(check, options, posture, imageUser);
  checkPaths(check, workload, options);
  checkPorts(check, options);
  check.require(
    settingValue<boolean>(options.readOnlyRoot ?? true) || isWaived(options.readOnlyRoot),
    'readOnlyRoot',
    'false relaxes the posture.',
    'Declare what it writes in `writable`, or write waived(false, { owner, reason, expires }).',
  );
  check.require(
    isWaived(options.capabilities) ||
      (options.capabilities ?? []).every((name: string) => name === FREE_CAPABILITY),
    'capabilities',
    `${String(settingValue(options.capabilities ?? []))} are parts of root.`,
    'Leave them out, or write waived([…], { owner, reason, expires }).',
  );
  check.require(
    options.secretEnv === undefined || isWaived(options.secretEnv),
    'secretEnv',
    'The environment of a process is passed on to all that it starts.',
    'Use `secretFiles`, or write waived({ … }, { owner, reason, expires }).',
  );
  return check;
}

/** Whether some option only looks as if it was waived: what it holds is then not what the others expect. */
function checkWaivers(check: PropsCheck, options: WorkloadOptions): boolean {
  const forged = Object.entries(options).filter(
    ([, setting]) =>
      typeof setting === 'object' && setting !== null && 'grant' in setting && !isWaived(setting),
  );
  for (const [property] of forged) {
    check.require(
      false,
      property,
      'It was not made by waived(…).',
      'Write waived(value, { owner, reason, expires }).',
    );
  }
  return forged.length > 0;
}

function checkImage(check: PropsCheck, { image }: WorkloadOptions): void {
  const value = settingValue(image);
  check.require(
    isOutput(value) || isWaived(image) || DIGEST.test(value as string),
    'image',
    `"${isOutput(value) ? 'an Output' : String(value)}" names no digest, so what runs could change unseen.`,
    'Write registry/name:tag@sha256:… with the digest of the image you reviewed.',
  );
}

function checkIdentity(check: PropsCheck, options: WorkloadOptions, { users }: PostureSettings): void {
  for (const name of ['user', 'group'] as const) {
    const setting = options[name];
    if (setting === undefined) continue;
    const id = settingValue<number>(setting);
    const inRange = name === 'user' ? isIn(id, users) : id > 0;
    check.require(
      Number.isInteger(id) && id >= 0 && (inRange || isWaived(setting)),
      name,
      name === 'user'
        ? `${id} is root or may be a user of the node.`
        : `${id} is the group of root, or none.`,
      name === 'user'
        ? `Use ${users.lowest} or more, or write waived(${id}, { owner, reason, expires }).`
        : 'Use another group, or write waived(0, { owner, reason, expires }).',
    );
  }
}

/** An image that names a user of its own may own files as that user: another one is not forced onto it unsaid. */
function checkImageUser(
  check: PropsCheck,
  { user }: WorkloadOptions,
  { users }: PostureSettings,
  image: ImageUser | undefined,
): void {
  check.require(
    user !== undefined || image === undefined || isIn(image.uid, users),
    'user',
    `The image runs as ${image?.uid}, which is not in the range of the posture, and may need to.`,
    `Try another one, as in user: ${users.lowest}, or write waived(${image?.uid}, { owner, reason, expires }).`,
  );
}

function checkPaths(check: PropsCheck, workload: HardenedWorkload, options: WorkloadOptions): void {
  const { secretFiles = {}, writable = {} } = options;
  for (const path of [...Object.keys(secretFiles), ...Object.keys(writable)]) {
    check.require(
      /^\/.+/.test(path) && !path.split('/').includes('..'),
      'writable',
      `"${path}" is no folder in the container.`,
      'Use an absolute path below /.',
    );
  }
  const secrets = [
    ...Object.entries(secretFiles).map(([path, source]) => [`secretFiles["${path}"]`, source] as const),
    ...Object.entries(settingValue(options.secretEnv ?? {})).map(
      ([name, { secret }]) => [`secretEnv.${name}`, secret] as const,
    ),
  ];
  for (const [property, source] of secrets) {
    check.require(
      source.namespace === workload.namespace,
      property,
      `Secret ${source.namespace}/${source.name} is in another namespace than the workload (${workload.namespace}).`,
      'A pod takes Secrets of its own namespace only; declare the Secret there.',
    );
  }
}

function checkPorts(check: PropsCheck, options: WorkloadOptions): void {
  const ports = portsOf(options);
  const names = ports.map((port) => nameOfPort(port, ports)).filter((name) => name !== undefined);
  check
    .require(
      ports.length === 0 || options.readiness !== undefined || options.port?.protocol === 'TCP',
      'readiness',
      'It serves a port, and nothing tells when it is ready.',
      'Give a readiness probe: for a protocol other than TCP only you know one.',
    )
    .require(
      new Set(ports.map(String)).size === ports.length,
      'otherPorts',
      `${ports.join(', ')}: one of them is named twice.`,
      'Name each port once.',
    )
    .require(
      new Set(names).size === names.length,
      'otherPorts',
      `${names.join(', ')}: two of them have one name.`,
      'Give each port a name of its own.',
    );
  checkPortRanges(check, ports, options.portRanges ?? []);
}

function checkPortRanges(check: PropsCheck, ports: readonly Port[], ranges: readonly PortRange[]): void {
  const single = ports.map(({ number, protocol }) => ({ first: number, last: number, protocol }));
  ranges.forEach((range, index) => {
    const other = [...single, ...ranges.slice(0, index)].find(
      ({ first, last, protocol }) =>
        protocol === range.protocol && first <= range.last && range.first <= last,
    );
    check.require(
      other === undefined,
      `portRanges[${index}]`,
      `${range} holds ports that are named elsewhere.`,
      'Name each port once.',
    );
  });
}

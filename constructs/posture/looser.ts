import {
  POD_SECURITY_LEVELS,
  SUPPORTED_KUBERNETES,
  type IdRange,
  type PostureSettings,
  type SeLinuxOptions,
} from '../../model';

/** A setting that is less strict than what is inherited, or no value at all. */
export interface LooserSetting {
  readonly setting: keyof PostureSettings;
  readonly message: string;
  readonly fix: string;
}

/**
 * The settings of a posture that are less strict than those it inherits.
 *
 * @param waived whether the profile carries a waiver
 */
export function looserThan(
  inherited: PostureSettings,
  settings: PostureSettings,
  waived: boolean,
): readonly LooserSetting[] {
  const found: LooserSetting[] = [];
  const require = (ok: boolean, setting: keyof PostureSettings, message: string, fix: string): void => {
    if (!ok) found.push({ setting, message, fix });
  };
  const level = ({ profile }: PostureSettings): number => POD_SECURITY_LEVELS.indexOf(profile);
  require(level(settings) >= 0 &&
    (waived ||
      level(settings) <=
        level(
          inherited,
        )), 'profile', `"${settings.profile}" is less strict than "${inherited.profile}".`, 'Leave it out, or write waived("baseline", { owner, reason, expires }).');
  require(SUPPORTED_KUBERNETES.includes(
    settings.kubernetes,
  ), 'kubernetes', `"${settings.kubernetes}" is no supported release.`, `Use one of ${SUPPORTED_KUBERNETES.join(', ')}.`);
  require(settings.registries.every(
    (registry) => registry !== '' && !registry.endsWith('/'),
  ), 'registries', 'A registry is empty or ends with a slash.', 'Write registry.example or registry.example/team.');
  const outside = settings.registries.filter((registry) => !isWithin(registry, inherited.registries));
  require(outside.length === 0 &&
    (settings.registries.length > 0 || inherited.registries.length === 0), 'registries', settings.registries
    .length === 0
    ? 'It allows any registry.'
    : `It allows ${outside.join(', ')}.`, `Stay within ${inherited.registries.join(', ') || 'registries that are named'}.`);
  require(isRange(settings.users) &&
    settings.users.lowest >= inherited.users.lowest &&
    settings.users.highest <=
      inherited.users
        .highest, 'users', `${formatRange(settings.users)} is not within ${formatRange(inherited.users)}.`, 'Name a range of ids within the one that is inherited.');
  require(settings.user >= settings.users.lowest &&
    settings.user <=
      settings.users
        .highest, 'user', `${settings.user} is not within ${formatRange(settings.users)}.`, 'Name the default user together with the range.');
  require(settings.appArmor === inherited.appArmor ||
    settings.appArmor ===
      'RuntimeDefault', 'appArmor', `"${settings.appArmor}" is less strict than "${inherited.appArmor}".`, 'Leave it out.');
  const labels = Object.entries(inherited.seLinux);
  require(labels.every(
    ([name, label]) => settings.seLinux[name as keyof SeLinuxOptions] === label,
  ), 'seLinux', 'It takes away or changes a label that pods are to have.', 'Repeat those that are inherited.');
  require(settings.userNamespaces ||
    !inherited.userNamespaces, 'userNamespaces', 'It takes away the users of their own that pods are to have.', 'Leave it out.');
  require(Number.isInteger(settings.longestWaiver) &&
    settings.longestWaiver >= 0 &&
    settings.longestWaiver <=
      inherited.longestWaiver, 'longestWaiver', `${settings.longestWaiver} days are more than ${inherited.longestWaiver}, or no whole number.`, 'Allow waivers to last as long or shorter.');
  return found;
}

/** Whether a registry, or a part of one, is one of those allowed; none named allows all. */
function isWithin(registry: string, allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.some((one) => registry === one || registry.startsWith(`${one}/`));
}

function isRange({ lowest, highest }: IdRange): boolean {
  return Number.isInteger(lowest) && Number.isInteger(highest) && lowest <= highest;
}

function formatRange({ lowest, highest }: IdRange): string {
  return `${lowest} to ${highest}`;
}

import type { IConstruct } from 'constructs';
import { BASELINE_CAPABILITIES, isWaived, settingValue, type Waiver, type WaiverGrant } from '../../model';
import { addWaiver } from '../posture/scoped-waivers';
import type { WorkloadOptions } from './workload-options';

/** The controls that the relaxed options of a workload break, each with who answers for it. */
function relaxed(options: WorkloadOptions): readonly (readonly [string, WaiverGrant])[] {
  const found: (readonly [string, WaiverGrant])[] = [];
  const relax = (setting: unknown, ...controls: readonly string[]): void => {
    if (isWaived(setting)) for (const control of controls) found.push([control, setting.grant]);
  };
  const { user, group, capabilities } = options;
  relax(options.image, 'image-digest');
  relax(options.readOnlyRoot, 'read-only-root');
  relax(options.secretEnv, 'secret-in-environment');
  relax(user, ...(settingValue(user) === 0 ? ['root-user', 'run-as-non-root'] : ['user-range']));
  relax(group, 'root-group');
  const added = settingValue<readonly string[]>(capabilities ?? []);
  if (added.some((name) => name !== 'NET_BIND_SERVICE')) relax(capabilities, 'drop-capabilities');
  if (added.some((name) => !BASELINE_CAPABILITIES.includes(name))) relax(capabilities, 'added-capabilities');
  return found;
}

/** Declares the waivers of a workload: those of its relaxed options, for its own container, and those that it names. */
export function declareWaivers(
  workload: IConstruct,
  object: Pick<Waiver, 'kind' | 'namespace' | 'name'>,
  options: WorkloadOptions,
): void {
  for (const [control, { owner, reason, expires }] of relaxed(options)) {
    addWaiver(workload, { control, ...object, container: object.name, owner, reason, expires });
  }
  for (const { control, container, owner, reason, expires } of options.waivers ?? []) {
    addWaiver(workload, {
      control,
      ...object,
      ...(container === undefined ? {} : { container }),
      owner,
      reason,
      expires,
    });
  }
}

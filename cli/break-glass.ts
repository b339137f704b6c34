import { breakGlass } from '../local';
import { KeelsonError } from '../model';
import { StateFolder } from './state-folder';

/** The options of `keelson break-glass`, as commander has them. */
export interface BreakGlassFlags {
  readonly person: string;
  readonly for: string;
  readonly stateDir: string;
}

/** Writes a break-glass kubeconfig for the embedded control plane, and says where it is and when it ends. */
export async function breakGlassCommand(flags: BreakGlassFlags): Promise<void> {
  const { controlPlane } = new StateFolder(flags.stateDir);
  const { kubeconfig, expires } = await breakGlass(controlPlane, {
    person: flags.person,
    hours: hoursOf(flags.for),
  });
  console.log(`Kubeconfig: ${kubeconfig}`);
  console.log(`It ends at ${expires.toISOString()}, and not before: remove it when you are done.`);
}

/** `30m` or `2h` in hours. */
function hoursOf(text: string): number {
  const [, digits, unit] = /^(\d{1,4})(m|h)$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new KeelsonError({
      code: 'cli/usage',
      where: '--for',
      message: `"${text}" is no time.`,
      fix: 'Write minutes or hours, as 30m or 2h.',
    });
  }
  return unit === 'h' ? Number(digits) : Number(digits) / 60;
}

import { isAbsolute } from 'node:path';
import { type Problem } from '../model';
import { isExecutable } from './path-lookup';
import { settingOf, type ToolPin } from './pins';
import type { ResolvedTool } from './tool';
import { accepts, acceptedVersions, askVersion } from './version';

/**
 * The tool that an environment variable names. Undefined where the variable is unset or empty. A setting that cannot
 * be used is a problem and never a reason to look elsewhere.
 */
export async function fromSetting(
  pin: ToolPin,
  options: { readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal },
): Promise<ResolvedTool | Problem | undefined> {
  const setting = settingOf(pin.name);
  const path = options.env[setting];
  if (path === undefined || path === '') return undefined;
  const problem = (message: string): Problem => ({
    code: 'tool/missing',
    where: setting,
    message,
    fix: `Set it to the absolute path of ${pin.name} ${acceptedVersions(pin)}, or unset it.`,
  });
  if (!isAbsolute(path)) return problem(`${path} is not an absolute path.`);
  if (!(await isExecutable(path))) return problem(`${path} is not an executable file.`);
  const version = await askVersion(pin, path, options);
  if (version === undefined && pin.name !== 'pulumi-resource-kubernetes') {
    return problem(`${path} does not tell its version (${pin.versionArguments.join(' ')}).`);
  }
  if (version !== undefined && !accepts(pin, version)) return problem(`${path} is ${version}.`);
  // The official provider cannot be asked: it only serves.
  return {
    name: pin.name,
    path,
    version: version ?? 'unknown',
    origin: 'setting',
    detail: `named by ${setting}`,
  };
}

import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from '@pulumi/pulumi/automation';
import { resolveTools, searchPath } from '../../../toolchain';

/** The passphrase of test stacks: what it protects is made by the test and gone with it. */
export const PASSPHRASE = 'only for a test';

/** A Pulumi stack with its state in a folder, the real CLI and both real providers, and the program in this process. */
export async function testStack(
  folder: string,
  program: PulumiFn,
  env: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes']);
  const make = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  rmSync(join(make('bin'), 'pulumi'), { force: true });
  symlinkSync(tools.pulumi.path, join(folder, 'bin', 'pulumi'));
  const backend = `file://${make('state')}`;
  return LocalWorkspace.createOrSelectStack(
    { stackName: 'test', projectName: 'keelson-cluster', program },
    {
      workDir: make('work'),
      pulumiHome: make('home'),
      pulumiCommand: await PulumiCommand.get({ root: folder, skipVersionCheck: true }),
      projectSettings: { name: 'keelson-cluster', runtime: 'nodejs', backend: { url: backend } },
      envVars: {
        PATH: `${join(__dirname, '../../../provider/bin')}:${searchPath([tools['pulumi-resource-kubernetes']])}`,
        PULUMI_BACKEND_URL: backend,
        PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
        PULUMI_SKIP_UPDATE_CHECK: '1',
        PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: '1',
        PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: '1',
        KEELSON_SOURCES: '1',
        TMPDIR: make('tmp'),
        ...env,
      },
    },
  );
}

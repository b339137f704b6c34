#!/usr/bin/env node
import { Command, Option } from 'commander';
import { KeelsonError, TARGET_KUBERNETES } from '../model';
import type * as Toolchain from '../toolchain';
import type * as Access from './access';
import type { AccessFlags } from './access-options';
import type * as Approve from './approve-serving-certificates';
import type { ApproveServingCertificatesFlags } from './approve-serving-certificates';
import type * as BreakGlass from './break-glass';
import type { BreakGlassFlags } from './break-glass';
import type * as Check from './check';
import type { CheckFlags } from './check-options';
import type * as Controls from './controls';
import type * as Down from './down';
import type * as Harden from './harden';
import type { HardenFlags } from './harden';
import type * as Images from './images';
import type { ImagesFlags } from './images-options';
import type * as Init from './init';
import type { InitFlags } from './init-options';
import type * as Reach from './reach';
import type { ReachFlags } from './reach-options';
import type * as Rotate from './rotate-encryption-key';
import { StateFolder } from './state-folder';
import type * as Up from './up';

/** Exit codes: 0 as asked, 1 a problem or a failed probe, 2 a wrong command line, 130 interrupted. */
const EXIT = { ok: 0, problem: 1, usage: 2, interrupted: 130 } as const;

const interrupt = new AbortController();

/** The modules of the commands, each loaded when its command runs: `check` must not wait for Pulumi and cdk8s. */
/* eslint-disable @typescript-eslint/no-require-imports -- an import() is slow, and jest cannot follow it */
const load = {
  access: () => require('./access') as typeof Access,
  approve: () => require('./approve-serving-certificates') as typeof Approve,
  breakGlass: () => require('./break-glass') as typeof BreakGlass,
  rotate: () => require('./rotate-encryption-key') as typeof Rotate,
  check: () => require('./check') as typeof Check,
  controls: () => require('./controls') as typeof Controls,
  down: () => require('./down') as typeof Down,
  harden: () => require('./harden') as typeof Harden,
  images: () => require('./images') as typeof Images,
  init: () => require('./init') as typeof Init,
  reach: () => require('./reach') as typeof Reach,
  tools: () => require('../toolchain') as typeof Toolchain,
  up: () => require('./up') as typeof Up,
};
/* eslint-enable @typescript-eslint/no-require-imports */

function command(): Command {
  const program = new Command('keelson')
    .description('Hardened Kubernetes clusters as code.')
    .showHelpAfterError('Run it with --help for what there is.')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage));
  const folders = (sub: Command): Command =>
    sub
      .option('--state-dir <folder>', 'where keys, data and state are kept', '.keelson')
      .option('--output <folder>', 'where the YAML is written', 'dist');
  folders(program.command('up'))
    .description('start the embedded control plane, provision the reference stack and probe it')
    .action(async ({ stateDir, output }: { stateDir: string; output: string }) => {
      const proved = await load.up().up({ stateDir, outdir: output, signal: interrupt.signal });
      process.exitCode = proved ? EXIT.ok : EXIT.problem;
    });
  folders(program.command('down'))
    .description('destroy the stack, stop the control plane and remove what `up` made')
    .action(async ({ stateDir, output }: { stateDir: string; output: string }) => {
      await load.down().down({ stateDir, outdir: output, signal: interrupt.signal });
    });
  program
    .command('tools')
    .description('show where each tool comes from')
    .action(async () => {
      const { formatTools, locateTools } = load.tools();
      console.log(formatTools(await locateTools()));
    });
  addApprove(program);
  addBreakGlass(program);
  program
    .command('rotate-encryption-key')
    .description(
      'make a new key for encryption at rest, and write everything again under it; goes on where it was interrupted',
    )
    .option('--state-dir <folder>', 'where keys, data and state are kept', '.keelson')
    .addOption(
      new Option('--method <method>', 'how the new key encrypts; as the one before unless given').choices([
        'secretbox',
        'aesgcm',
      ]),
    )
    .action(async ({ stateDir, method }: { stateDir: string; method?: 'secretbox' | 'aesgcm' }) => {
      const { controlPlane } = new StateFolder(stateDir);
      await load.rotate().rotateEncryptionKey({
        controlPlane,
        progress: (line) => console.error(line),
        signal: interrupt.signal,
        next: method === undefined ? undefined : { method },
      });
      console.log('Every value is under the new key, and the old one is gone.');
    });
  addCheck(program);
  addHarden(program);
  addImages(program);
  addInit(program);
  addReach(program);
  addAccess(program);
  program
    .command('controls')
    .description('list the controls')
    .option('--format <format>', 'console or json', 'console')
    .action(async ({ format }: { format: string }) => {
      process.exitCode = await load.controls().controls(format);
    });
  return program;
}

/** An option that may be repeated. */
function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function addApprove(program: Command): void {
  program
    .command('approve-serving-certificates')
    .description('approve what the kubelets of declared machines ask to serve with; runs until it is stopped')
    .requiredOption('--kubeconfig <file>', "the approver's own account")
    .requiredOption('--machines <file>', 'YAML with the name and the addresses of each machine')
    .action(async (flags: ApproveServingCertificatesFlags) =>
      load.approve().approveServingCertificatesCommand(flags, interrupt.signal),
    );
}

function addBreakGlass(program: Command): void {
  program
    .command('break-glass')
    .description(
      'write a kubeconfig that is cluster-admin for some hours, for one person; the audit log has all of it',
    )
    .requiredOption('--person <name>', 'who it is for, as the audit log is to show it')
    .option('--for <time>', 'how long: minutes or hours, as 30m or 2h; at most 24h', '1h')
    .option('--state-dir <folder>', 'where keys, data and state are kept', '.keelson')
    .action(async (flags: BreakGlassFlags) => load.breakGlass().breakGlassCommand(flags));
}

function addHarden(program: Command): void {
  program
    .command('harden')
    .description(
      'write manifests hardened: exits with 0 if nothing is left to decide, 1 if something is, 2 if some cannot be read',
    )
    .argument('<paths...>', 'files, folders, or - for standard input')
    .option('--diff', 'print what changes and what is left to decide, not the manifests')
    .option('--waivers <file>', 'YAML with what is relaxed, for what, until when and by whom')
    .option('--decided <id>', 'apply the whole remedy of this control; may be repeated', several)
    .action(async (paths: readonly string[], flags: HardenFlags) => {
      process.exitCode = await load.harden().hardenFiles(paths, flags);
    });
}

function addCheck(program: Command): void {
  program
    .command('check')
    .description('judge manifests: exits with 0 if they are clean, 1 with findings, 2 if some cannot be read')
    .argument('[paths...]', 'files, folders, or - for standard input')
    .option('--live', 'judge what is in the cluster')
    .option('--kubeconfig <file>', 'the cluster of --live (or KUBECONFIG, or the embedded one)')
    .option('--waivers <file>', 'YAML with what is relaxed, for what, until when and by whom')
    .option('--format <format>', 'console, json or sarif', 'console')
    .option('--fail-on <severity>', 'the least severity that fails: low, medium, high or critical', 'low')
    .option('--profile <profile>', 'pss-baseline, pss-restricted or all', 'all')
    .option('--kubernetes-version <version>', 'the release whose rules count', TARGET_KUBERNETES)
    .option('--control <id>', 'use only this control; may be repeated', several)
    .action(async (paths: readonly string[], flags: CheckFlags) => {
      process.exitCode = await load.check().check(paths, flags);
    });
}

function addImages(program: Command): void {
  program
    .command('images')
    .description('what images say of themselves')
    .command('add')
    .description('note the digest of tags, and the user, platforms and program of images, in a lock file')
    .argument('<images...>', 'name:tag or name@sha256:…, or ./PATH of an OCI layout or a tar file')
    .option('--file <file>', 'the lock file, to be committed', 'images.json')
    .option('--as <name>', 'the name of the image that a path holds')
    .option('--update', 'take tags that have moved')
    .option('--ca-file <file>', 'certificates in PEM to trust, beside the usual ones')
    .option('--plain-http', 'ask registries on this machine without TLS')
    .action(async (images: readonly string[], flags: ImagesFlags) => {
      await load.images().addImages(images, flags, process.env, interrupt.signal);
    });
}

function addReach(program: Command): void {
  program
    .command('reach')
    .description(
      'show what can reach what by the network policies: exits with 0 if nothing is wrong, 1 with findings, 2 if some cannot be read',
    )
    .argument('[paths...]', 'files, folders, or - for standard input')
    .option('--live', 'what is in the cluster')
    .option('--kubeconfig <file>', 'the cluster of --live (or KUBECONFIG, or the embedded one)')
    .option('--network <file>', "YAML that says what the cluster's network is")
    .option('--waivers <file>', 'YAML with what is relaxed, for what, until when and by whom')
    .option('--against <path>', 'show what changes from these manifests, or this reachability.json')
    .option('--from <point>', 'with --to: say what is open between two, and why')
    .option('--to <point>', 'with --from')
    .option('--format <format>', 'table, json or svg', 'table')
    .action(async (paths: readonly string[], flags: ReachFlags) => {
      process.exitCode = await load.reach().reach(paths, flags);
    });
}

function addAccess(program: Command): void {
  program
    .command('access')
    .description(
      'show who may do what, and who can become an administrator: exits with 0 if nobody can that may not, 1 if somebody can, 2 if some cannot be read',
    )
    .argument('[paths...]', 'files, folders, or - for standard input')
    .option('--live', 'what is in the cluster')
    .option('--kubeconfig <file>', 'the cluster of --live (or KUBECONFIG, or the embedded one)')
    .option('--subject <name>', 'one user or group alone')
    .option('--who-can <question>', 'who may do this, for example "get secrets" or "create deployments.apps"')
    .option('--namespace <name>', 'where --who-can asks; everywhere unless it is given')
    .option('--against <path>', 'show what changes from these manifests')
    .option('--baseline <file>', 'the ways to cluster-admin that were accepted')
    .option('--write-baseline <file>', 'accept every way that there is')
    .option('--owner <owner>', 'with --write-baseline: who answers for them')
    .option('--reason <reason>', 'with --write-baseline: why they have to be there')
    .option('--format <format>', 'table, json or svg', 'table')
    .action(async (paths: readonly string[], flags: AccessFlags) => {
      process.exitCode = await load.access().access(paths, flags);
    });
}

function addInit(program: Command): void {
  program
    .command('init')
    .description('write a new project to a folder that is empty or not there yet')
    .argument('[folder]', 'the folder', '.')
    .option('--name <name>', "name of project, package and namespace (default: the folder's)")
    .option('--keelson <spec>', 'how npm finds keelson (default: where this one was installed from)')
    .action((folder: string, flags: InitFlags) => load.init().init(folder, flags));
}

function reportFailure(error: unknown): void {
  if (interrupt.signal.aborted) {
    console.error('Interrupted. Run `npm run up` again to go on, or `npm run down` to remove what was made.');
    process.exitCode = EXIT.interrupted;
  } else {
    console.error(error instanceof KeelsonError ? error.message : error);
    process.exitCode = isUsage(error) ? EXIT.usage : EXIT.problem;
  }
}

function isUsage(error: unknown): boolean {
  return error instanceof KeelsonError && error.problems.every(({ code }) => code === 'cli/usage');
}

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupt.abort(new Error('interrupted')));
  }
  await command().parseAsync().catch(reportFailure);
  // Pulumi's runtime keeps handles open after an inline program; everything that matters has been awaited.
  process.exit(process.exitCode ?? EXIT.ok);
}

void main();

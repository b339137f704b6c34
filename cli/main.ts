#!/usr/bin/env node
import { Command } from 'commander';
import { KeelsonError } from '../model';
import { formatTools, locateTools } from '../toolchain';
import { down } from './down';
import { up } from './up';

/** Exit codes: 0 as asked, 1 a problem or a failed probe, 2 a wrong command line, 130 interrupted. */
const EXIT = { ok: 0, problem: 1, usage: 2, interrupted: 130 } as const;

const interrupt = new AbortController();

function command(): Command {
  const program = new Command('keelson')
    .description('Hardened Kubernetes clusters as code.')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage));
  const folders = (sub: Command): Command =>
    sub
      .option('--state-dir <folder>', 'where keys, data and state are kept', '.keelson')
      .option('--output <folder>', 'where the YAML is written', 'dist');
  folders(program.command('up'))
    .description('start the embedded control plane, provision the reference stack and probe it')
    .action(async ({ stateDir, output }: { stateDir: string; output: string }) => {
      const proved = await up({ stateDir, outdir: output, signal: interrupt.signal });
      process.exitCode = proved ? EXIT.ok : EXIT.problem;
    });
  folders(program.command('down'))
    .description('destroy the stack, stop the control plane and remove what `up` made')
    .action(async ({ stateDir, output }: { stateDir: string; output: string }) => {
      await down({ stateDir, outdir: output, signal: interrupt.signal });
    });
  program
    .command('tools')
    .description('show where each tool comes from')
    .action(async () => console.log(formatTools(await locateTools())));
  return program;
}

function reportFailure(error: unknown): void {
  if (interrupt.signal.aborted) {
    console.error('Interrupted. Run `npm run up` again to go on, or `npm run down` to remove what was made.');
    process.exitCode = EXIT.interrupted;
  } else {
    console.error(error instanceof KeelsonError ? error.message : error);
    process.exitCode = EXIT.problem;
  }
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

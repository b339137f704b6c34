import type { Writable } from 'node:stream';
import { formatProblem } from '../model';
import { checkConsole } from '../report/check-console';
import { checkJson } from '../report/check-json';
import type { CheckReport } from '../report/check-report';
import { paletteFor } from '../report/colour';
import { checkSarif } from '../report/sarif';
import type { Format } from './check-options';

/**
 * Prints a report: findings to standard output, and what could not be read to standard error, whatever the format.
 */
export async function printReport(report: CheckReport, format: Format): Promise<void> {
  if (report.problems.length > 0)
    await write(process.stderr, `${report.problems.map(formatProblem).join('\n')}\n`);
  await write(process.stdout, `${render(report, format)}\n`);
}

function render(report: CheckReport, format: Format): string {
  switch (format) {
    case 'json':
      return checkJson(report);
    case 'sarif':
      return checkSarif(report, process.cwd());
    default:
      return checkConsole(report, paletteFor(process.stdout.isTTY === true, process.env));
  }
}

/** Writes all of a text. A reader that has seen enough (`| head`) is no failure. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((done, fail) => {
    const settle = (error?: Error | null): void => {
      // A stream tells its failure twice, here and as an event: the listener stays for the second time.
      if (error == null) stream.off('error', settle);
      if (error == null || (error as NodeJS.ErrnoException).code === 'EPIPE') done();
      else fail(error);
    };
    stream.on('error', settle);
    stream.write(text, settle);
  });
}

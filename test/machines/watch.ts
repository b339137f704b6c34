/** Waits until the owner of a run is gone, and takes away what it left: `tsx watch.ts RUN`. Ends when there is nothing to wait for. */
import { isRunning } from './processes';
import { readRun, removeRun } from './runs';

async function main(run: string): Promise<void> {
  for (;;) {
    const record = readRun(run);
    if (record === undefined) return;
    if (!isRunning(record.owner)) return removeRun(record);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

void main(process.argv[2]!);

/** Boots machines for a person to try things on, and keeps them until it is interrupted: `npm run machines -- cp-1 worker-1`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bootMachines } from './machines';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' } },
  });
  const booted = await bootMachines(positionals.length === 0 ? ['cp-1', 'worker-1'] : positionals);
  const { gateway, privateKeyFile, machines, folder } = booted;
  const text = JSON.stringify(
    {
      gateway,
      privateKeyFile,
      folder,
      machines: machines.map(({ name, address, hostKey, root }) => ({ name, address, hostKey, root })),
    },
    null,
    2,
  );
  console.log(text);
  if (values.json !== undefined) writeFileSync(values.json, text);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    setInterval(() => undefined, 60_000);
  });
  await booted.stop();
  process.exit(0);
}

void main();

import { keelson } from './keelson';

/** Takes the shared control plane down again where the set-up started it. */
export default async function teardown(): Promise<void> {
  if (process.env.KEELSON_E2E_STARTED !== 'yes') return;
  const run = await keelson('down');
  if (run.code !== 0) throw new Error(`keelson down failed with ${run.code}:\n${run.output}`);
}

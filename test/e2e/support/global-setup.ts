import { join } from 'node:path';
import { localControlPlane } from '../../../local';
import { keelson, SHARED_STATE } from './keelson';

/** Brings up the control plane that all e2e tests share, unless it runs already; then it is left running, too. */
export default async function setup(): Promise<void> {
  const controlPlane = join(SHARED_STATE, 'control-plane');
  process.env.KEELSON_E2E_STARTED = (await localControlPlane(controlPlane)) === undefined ? 'yes' : 'no';
  const run = await keelson('up');
  if (run.code !== 0) throw new Error(`keelson up failed with ${run.code}:\n${run.output}`);
  process.env.KEELSON_E2E_STATE = controlPlane;
}

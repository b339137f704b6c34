/** Writes the YAML to `dist/`: `npm run synth`, or `cdk8s synth`. It needs no cluster, no Pulumi login and no network. */
import { synthesize } from 'keelson/synth';
import { application } from './application';

synthesize(application()).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

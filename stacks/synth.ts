/** What `cdk8s synth` runs: `cdk8s.yaml` names this file. It needs no cluster, no Pulumi login and no network. */
import { KeelsonError } from '../model';
import { synthesize } from './dist';
import { REFERENCE_DEFAULTS } from './reference/inputs';
import { referenceStack } from './reference/reference-stack';

synthesize(referenceStack(REFERENCE_DEFAULTS).app).catch((error: unknown) => {
  console.error(error instanceof KeelsonError ? error.message : error);
  process.exitCode = 1;
});

/** What the Pulumi CLI runs: `Pulumi.yaml` names this file. */
import * as pulumi from '@pulumi/pulumi';
import { readSettings } from './config';
import { provision } from './program';

const config = new pulumi.Config();
const settings = readSettings((name) => config.get(name), process.env);

export const { namespace, objects } = provision(settings, {
  databasePassword: config.requireSecret('databasePassword'),
});

/** What the Pulumi engine starts as `pulumi-resource-keelson`. */
import * as pulumi from '@pulumi/pulumi';
import { NodesProvider } from './plugin';
import { Progress } from './progress';

const args = process.argv.slice(2);
const engine = args.find((arg) => !arg.startsWith('-'));

// An engine that was killed cannot say so: without it there is nobody to work for.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 1000).unref();

void pulumi.provider.main(new NodesProvider('0.1.0', new Progress(engine)), args);

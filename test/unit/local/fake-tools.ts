import { chmodSync, copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import type { LocalTools } from '../../../local';
import { identify, type ProcessIdentity } from '../../../local/process';

/** Executables of which etcd is a shell script; the others are never reached. */
export function toolsWithEtcd(folder: string, script: string): LocalTools {
  mkdirSync(folder, { recursive: true });
  const path = (name: string): string => join(folder, name);
  for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
    writeFileSync(path(name), `#!/bin/sh\n${name === 'etcd' ? script : 'exit 1'}\n`);
    chmodSync(path(name), 0o755);
  }
  return {
    etcd: path('etcd'),
    'kube-apiserver': path('kube-apiserver'),
    'kube-controller-manager': path('kube-controller-manager'),
    'kube-scheduler': path('kube-scheduler'),
  };
}

/** Runs a shell under another name, with arguments that its script ignores. */
export async function runAs(
  executable: string,
  script: string,
  args: readonly string[],
): Promise<ProcessIdentity> {
  copyFileSync(realpathSync('/bin/sh'), executable);
  chmodSync(executable, 0o755);
  const child = spawn(executable, ['-c', script, 'sh', ...args], { detached: true, stdio: 'ignore' });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  child.unref();
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error('it ended at once');
  return identity;
}

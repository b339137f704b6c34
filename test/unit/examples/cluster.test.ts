import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleCluster } from '../../../examples/cluster/cluster';
import { synthesize } from '../../../stacks/dist';
import { temporaryFolder } from '../support/folders';

test('the example is written for review, and is what it says', async () => {
  const folder = join(temporaryFolder(), 'dist');
  await synthesize(exampleCluster(folder));
  const read = (path: string): string => readFileSync(join(folder, 'prod.cluster', path), 'utf8');
  expect(read('machines/cp-1/etc/kubernetes/keelson/authentication.yaml')).toContain('https://login.example');
  expect(read('machines/cp-1/etc/kubernetes/keelson/kubeadm.yaml')).toMatch(
    /podSubnet: 10\.244\.0\.0\/16,fd00:10:244::\/56/,
  );
  expect(read('roles/worker/etc/keelson/firewall.nft')).toContain('10.0.0.53');
  for (const machine of ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'])
    expect(existsSync(join(folder, 'prod.cluster/machines', machine, 'entries.txt'))).toBe(true);
});

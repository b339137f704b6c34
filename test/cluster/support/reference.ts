import { KeelsonApp } from '../../../constructs';
import { KubernetesApp } from '../../../stacks/bridge/kubernetes-app';
import type { HardenedCluster } from '../../../stacks/cluster/hardened-cluster';
import { DATABASE_SECRET } from '../../../stacks/reference/inputs';
import { referenceStack } from '../../../stacks/reference/reference-stack';
import type { ClusterArtifacts } from './artifacts';
import { pinned, testCluster, testConstruct, type TestClusterOptions } from './cluster';

/** The password of the database of tests. A canary: it may be found nowhere but where it belongs. */
export const DATABASE_PASSWORD = 'canary-of-the-database-7f3a';

/** The construct tree: the cluster first, so that all that comes after knows its network. */
export function referenceTree(options: TestClusterOptions, { shop }: Pick<ClusterArtifacts, 'shop'>) {
  const app = new KeelsonApp();
  const construct = testConstruct(options, app);
  const images = { web: pinned(shop.web), api: pinned(shop.api), database: pinned(shop.database) };
  return { app, construct, platform: referenceStack({ images, replicas: 2 }, undefined, app).platform };
}

/** A cluster with the reference stack on it, all of it from one program: what the tests provision. */
export function clusterWithReference(
  options: TestClusterOptions,
  artifacts: Pick<ClusterArtifacts, 'shop'>,
): { readonly cluster: HardenedCluster; readonly reference: KubernetesApp } {
  const { app, construct, platform } = referenceTree(options, artifacts);
  const cluster = testCluster(options, construct);
  const secrets = { [DATABASE_SECRET.name]: { [DATABASE_SECRET.key]: DATABASE_PASSWORD } };
  const reference = new KubernetesApp(
    'reference',
    { app, secrets, policiesInForce: cluster.policiesInForce(platform.policies.digest) },
    { provider: cluster.provider, dependsOn: [cluster] },
  );
  return { cluster, reference };
}

import { Chart } from 'cdk8s';
import { HardenedDeployment, HardenedNamespace, KeelsonApp } from '../../../../constructs';
import { waived } from '../../../../model';
import { IMAGE, podOf } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const GRANT = { owner: 'data team', reason: 'files of the image belong to it', expires: '2026-12-31' };

/** A workload of an image that is configured with this user, on one platform for each. */
function deployed(users: readonly string[], props: object = {}) {
  const platforms = users.map((user, index) => ({
    platform: `linux/${['amd64', 'arm64'][index]}`,
    digest: `sha256:${String(index).repeat(64)}`,
    config: { user, entrypoint: ['/app'], cmd: [], exposedPorts: [], volumes: [], workingDir: '' },
  }));
  const digest = IMAGE.slice(IMAGE.indexOf('sha256:'));
  const app = new KeelsonApp({ images: { tags: {}, images: { [digest]: { platforms } } } });
  const chart = new Chart(app, 'chart');
  const namespace = new HardenedNamespace(chart, 'shop');
  new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, ...props });
  return podOf(app, 'api');
}

const identity = (runAsUser: number, runAsGroup: number) => ({
  securityContext: { runAsUser, runAsGroup, fsGroup: runAsGroup },
  containers: [{ securityContext: { runAsUser, runAsGroup } }],
});

it('is that of the image, where it names one in the range', () => {
  expect(deployed(['65532'])).toMatchObject(identity(65532, 65532));
  expect(deployed(['65532:65533'])).toMatchObject(identity(65532, 65533));
  expect(deployed(['65532:0'])).toMatchObject(identity(65532, 65532));
  expect(deployed(['65532', '65532'])).toMatchObject(identity(65532, 65532));
});

it('is that of the posture, where the image is root, names no number, or not the same everywhere', () => {
  for (const users of [['root'], [''], ['app'], ['65532', '65533']])
    expect(deployed(users)).toMatchObject(identity(10_001, 10_001));
});

it('is what the workload says, whatever the image says', () => {
  expect(deployed(['65532'], { user: 20_000 })).toMatchObject(identity(20_000, 20_000));
  expect(deployed(['999'], { user: 20_000 })).toMatchObject(identity(20_000, 20_000));
});

it('is not forced onto an image that names one out of the range', () => {
  expect(places(problemsOf(() => deployed(['999'])))).toEqual(['chart/api.user [construct/invalid]']);
  expect(deployed(['999'], { user: waived(999, GRANT) }).containers[0]!.securityContext).toMatchObject({
    runAsUser: 999,
  });
});

/** The scheduler writes the node into a pod: what changes such a pod later, as an ephemeral container does, is not refused. */
import { checkObjects, POD_KINDS, wrapPod, type PodKind } from '../../../../policies';
import { examplePod } from '../../../../policies/example-pod';

const refused = (kind: PodKind, type: string, status: string): readonly string[] => {
  const manifest = {
    ...wrapPod(kind, examplePod({ nodeName: 'node-1' }), 'app', 'shop'),
    status: { conditions: [{ type, status }] },
  };
  return checkObjects([{ manifest, source: 'app' }]).map(({ path }) => path);
};

const POD = POD_KINDS.find(({ kind }) => kind === 'Pod')!;
const DEPLOYMENT = POD_KINDS.find(({ kind }) => kind === 'Deployment')!;

it('a pod that was scheduled passes', () => {
  expect(refused(POD, 'PodScheduled', 'True')).toEqual([]);
});

it.each([
  [POD, 'PodScheduled', 'False', 'spec.nodeName'],
  [POD, 'Ready', 'True', 'spec.nodeName'],
  [DEPLOYMENT, 'PodScheduled', 'True', 'spec.template.spec.nodeName'],
])('one that names its node does not: %#', (kind, type, status, path) => {
  expect(refused(kind, type, status)).toEqual([path]);
});

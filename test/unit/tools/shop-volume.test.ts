import { checkObjects } from '../../../policies';
import { decodeObject } from '../../../policies/engine/decode';
import { localVolume } from '../../tools/shop/volume';

const findings = (path?: string) => {
  const manifest = localVolume({
    name: 'database',
    node: 'worker-1',
    ...(path === undefined ? {} : { path }),
  });
  return checkObjects([{ manifest, source: 'test' }]).map(({ control }) => control);
};

test('the volume of tests is one that the API takes, and breaks no control', () => {
  expect(decodeObject(localVolume({ name: 'database', node: 'worker-1' })).problems).toEqual([]);
  expect(findings()).toEqual([]);
  // It is judged: another place is refused.
  expect(findings('/var/lib/kubelet')).toEqual(['persistent-volume-host-path']);
});

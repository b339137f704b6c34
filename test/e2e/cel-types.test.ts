import { KINDS, POD_KINDS } from '../../policies';
import { KUBERNETES_TYPES } from '../../policies/engine/schema/table';
import { typesOf } from '../tools/cel-harness/harness';

it('has the types of the Kubernetes that the toolchain builds, for every kind that a control can judge', () => {
  expect(KUBERNETES_TYPES).toEqual(typesOf([...POD_KINDS, ...Object.values(KINDS)]));
});

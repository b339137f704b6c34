import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podSecurity, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { all, inContainers, setFields, where, within } from '../remedies';

const POD = 'variables.podSpec.securityContext';

const inRootGroup = (root: string): Validation => ({
  expression: `${valueOr(`${root}.runAsGroup`, '1')} != 0`,
  path: 'securityContext.runAsGroup',
  message: 'runAsGroup is 0, the group of root.',
});

const notInRootGroup = where(
  ({ securityContext }) => (securityContext as { runAsGroup?: unknown } | undefined)?.runAsGroup === 0,
  within('securityContext', setFields({ runAsGroup: undefined })),
);

export default defineControl({
  id: 'root-group',
  area: 'workload',
  title: 'Nothing asks for the group of root',
  rationale: 'Many files of an image and of a node can be read, and some written, by the group of root.',
  severity: 'medium',
  remediation: 'Leave out 0 in runAsGroup, fsGroup and supplementalGroups.',
  mappings: { recommendations: ['POD-1'], cis: ['5.6.3'], attack: ['T1611', 'T1068'] },
  kinds: POD_KINDS,
  validations: [
    inRootGroup(POD),
    { ...inRootGroup('container.securityContext'), forEach: CONTAINERS },
    {
      expression: `${valueOr(`${POD}.fsGroup`, '1')} != 0`,
      path: 'securityContext.fsGroup',
      message: 'fsGroup is 0: the volumes belong to the group of root.',
    },
    {
      expression: `!(0 in ${valueOr(`${POD}.supplementalGroups`, '[]')})`,
      path: 'securityContext.supplementalGroups',
      message: 'supplementalGroups has 0, the group of root.',
    },
  ],
  remediate: all(
    notInRootGroup,
    inContainers(notInRootGroup),
    within('securityContext', (context) => {
      const { fsGroup, supplementalGroups, ...others } = context as {
        fsGroup?: number;
        supplementalGroups?: readonly number[];
      };
      const groups = supplementalGroups?.filter((group) => group !== 0);
      return {
        ...others,
        ...(fsGroup === undefined || fsGroup === 0 ? {} : { fsGroup }),
        ...(groups === undefined ? {} : { supplementalGroups: groups }),
      };
    }),
  ),
  risk: 'The program may need files that only the group of root may open.',
  examples: {
    good: [examplePod(), podSecurity({ runAsGroup: 10001, fsGroup: 10001, supplementalGroups: [20001] })],
    bad: [
      podSecurity({ runAsGroup: 0 }),
      podSecurity({ fsGroup: 0 }),
      podSecurity({ supplementalGroups: [20001, 0] }),
      podWithSecurity({ runAsGroup: 0 }),
      podWithInit({ runAsGroup: 0 }),
    ],
  },
});

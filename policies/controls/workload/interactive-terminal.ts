import { defineControl } from '../../control';
import { DECLARED_CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { all, inList, setFields, where } from '../remedies';

export default defineControl({
  id: 'interactive-terminal',
  area: 'workload',
  title: 'No workload waits for a person at a terminal',
  rationale:
    'Whoever may attach to a container with an open input types into its process, and no command is logged.',
  severity: 'low',
  remediation: 'Leave out stdin and tty; use an ephemeral container to look into a running pod.',
  mappings: { recommendations: ['POD-2'], cis: [], attack: ['T1609'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: DECLARED_CONTAINERS,
      expression: `${valueOr('container.stdin', 'false')} == false && ${valueOr('container.tty', 'false')} == false`,
      path: '',
      message: 'The container keeps its input or a terminal open.',
    },
  ],
  remediate: all(
    ...DECLARED_CONTAINERS.lists.map((list) =>
      inList(
        list,
        where(
          ({ stdin, tty }) => stdin === true || tty === true,
          setFields({ stdin: undefined, tty: undefined, stdinOnce: undefined }),
        ),
      ),
    ),
  ),
  risk: 'Nobody can attach to the process and type.',
  examples: {
    good: [examplePod(), examplePod({}, { stdin: false, tty: false })],
    bad: [examplePod({}, { stdin: true }), podWithInitContainer({ tty: true })],
  },
});

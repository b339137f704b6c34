import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { EXAMPLE_TOKEN, holdsNoCredential, isNoCredentialOption } from '../credentials';

const clean = (list: string): string =>
  `(!has(container.${list}) || container.${list}.all(a, ${isNoCredentialOption('a')} && ${holdsNoCredential('a')}))`;

export default defineControl({
  id: 'credential-in-arguments',
  area: 'secrets',
  title: 'No command line holds a credential',
  rationale: 'A command line is read by everyone who may see workloads, and by every process of the node.',
  severity: 'high',
  remediation: 'Put the value into a Secret, mount it as a file, and give the path of the file.',
  mappings: { recommendations: ['NET-6'], cis: [], attack: ['T1552.001', 'T1552.007'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: CONTAINERS,
      expression: `${clean('command')} && ${clean('args')}`,
      path: 'args',
      message: 'The command line of the container holds a credential.',
    },
  ],
  examples: {
    good: [
      examplePod({}, { args: ['--token-file=/run/secrets/token', '--password=$(PASSWORD)', '--verbose'] }),
      examplePod({}, { command: ['/app', '--tokens'] }),
    ],
    bad: [
      examplePod({}, { args: ['--db-password=example'] }),
      podWithInitContainer({ command: ['sh', '-c', `git clone https://x:${EXAMPLE_TOKEN}@git.example/app`] }),
    ],
  },
});

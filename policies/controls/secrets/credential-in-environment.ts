import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { EXAMPLE_TOKEN, holdsNoCredential, namesCredential, SWITCHES } from '../credentials';

/** A reference to another variable. */
const REFERENCE = '^[$][(][A-Za-z0-9_]+[)]$';

const env = (name: string, value: string) => ({ env: [{ name, value }] });

export default defineControl({
  id: 'credential-in-environment',
  area: 'secrets',
  title: 'No environment variable holds a credential as it stands',
  rationale:
    'What stands in a workload is read by everyone who may see workloads, and stays in version control and backups.',
  severity: 'high',
  remediation: 'Put the value into a Secret and mount it as a file.',
  mappings: { recommendations: ['NET-6'], cis: [], attack: ['T1552.001', 'T1552.007'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: CONTAINERS,
      expression: `!has(container.env) || container.env.all(e, !has(e.value) || !${namesCredential('e.name')} || e.value in ${SWITCHES} || e.value.matches("${REFERENCE}"))`,
      path: 'env',
      message: 'An environment variable that is called like a credential has a value.',
    },
    {
      forEach: CONTAINERS,
      expression: `!has(container.env) || container.env.all(e, !has(e.value) || (${holdsNoCredential('e.value')}))`,
      path: 'env',
      message: 'An environment variable holds a private key or a token.',
    },
  ],
  examples: {
    good: [
      examplePod({}, env('DATABASE_PASSWORD_FILE', '/run/secrets/database/password')),
      examplePod({}, env('ALLOW_EMPTY_PASSWORD', 'false')),
      examplePod({}, env('TOKEN', '$(OTHER)')),
      examplePod(
        {},
        { env: [{ name: 'POD_TOKEN', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } }] },
      ),
    ],
    bad: [
      examplePod({}, env('DATABASE_PASSWORD', 'example')),
      examplePod({}, env('apiKey', 'example')),
      podWithInitContainer(env('SETTINGS', `url=https://git.example token ${EXAMPLE_TOKEN}`)),
    ],
  },
});

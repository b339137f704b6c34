import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderApp, type Manifest } from '../../../../constructs';
import { REFERENCE_DEFAULTS, referenceStack } from '../../../../stacks';

/** Every right that the stack gives, for a person to read: role, place, verbs, resource. */
const EXPECTED = join(__dirname, 'access.txt');

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const objects = renderApp(referenceStack(REFERENCE_DEFAULTS).app).objects.map(({ manifest }) => manifest);
const ofKind = <T>(kind: RegExp) => objects.filter((one) => kind.test(one.kind)) as (Manifest & T)[];

const placeOf = ({ metadata }: Manifest) => metadata.namespace ?? 'cluster';

const rights = ofKind<{ rules?: readonly Rule[] }>(/^(Cluster)?Role$/).flatMap((role) =>
  (role.rules ?? []).flatMap(
    ({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }) =>
      [
        ...apiGroups.flatMap((group) => resources.map((one) => (group === '' ? one : `${one}.${group}`))),
        ...nonResourceURLs,
      ].map((what) =>
        [role.metadata.name, placeOf(role), [...verbs].sort().join(','), what, ...resourceNames].join(' '),
      ),
  ),
);

const holders = ofKind<{ roleRef: { kind: string; name: string }; subjects: readonly Subject[] }>(
  /RoleBinding$/,
).flatMap((binding) =>
  binding.subjects.map(({ kind, name, namespace }) =>
    [
      kind,
      namespace === undefined ? name : `${namespace}/${name}`,
      'has',
      binding.roleRef.name,
      placeOf(binding),
    ].join(' '),
  ),
);

it('the reference stack gives just these rights, to just these', () => {
  const lines = [...holders.sort(), '', ...rights.sort(), ''];
  expect(lines).toEqual(readFileSync(EXPECTED, 'utf8').split('\n'));
});

it('no account of the application has any: none of its workloads calls the API server', () => {
  expect(ofKind(/^ServiceAccount$/).map(({ metadata }) => metadata.name)).toEqual(['database', 'api', 'web']);
  expect(holders.filter((line) => line.startsWith('ServiceAccount'))).toEqual([]);
  expect(JSON.stringify(ofKind(/^Deployment$/))).not.toContain('serviceAccountToken');
});

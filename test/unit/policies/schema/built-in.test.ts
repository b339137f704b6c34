import fc from 'fast-check';
import type { Manifest } from '../../../../constructs';
import { SUPPORTED_KUBERNETES, type KubernetesMinor } from '../../../../model';
import { checkSchemas, CONTROLS, judgesPods, POD_KINDS, wrapPod } from '../../../../policies';
import { UNKNOWN } from '../../../../policies/engine/cel/fault';
import { KUBERNETES_TYPES } from '../../../../policies/engine/schema/table';
import { fieldsOfType, knownReleases, releasesWith, typeOfKind } from '../../../../policies/schema/published';
import { VALID_OBJECTS } from '../../support/valid-objects';

const deployment = (spec: object, metadata: object = { name: 'api' }): Manifest =>
  ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }) as Manifest;
const ofPod = (container: object): Manifest =>
  deployment({ selector: {}, template: { spec: { containers: [{ name: 'c', ...container }] } } });

const told = (manifest: unknown, kubernetes?: KubernetesMinor): readonly string[] =>
  checkSchemas([{ manifest: manifest as Manifest, source: 'chart/api', kubernetes }]).problems.map(
    ({ message, fix }) => `${message} ${fix}`,
  );

const CONTAINER = 'Deployment api: spec.template.spec.containers[0]';

it('names construct path, object, field, and the field that was meant', () => {
  const manifest = ofPod({ readinesProbe: {} });
  expect(checkSchemas([{ manifest, source: 'chart/api' }])).toEqual({
    problems: [
      {
        code: 'object/invalid',
        where: 'chart/api',
        message: `${CONTAINER}.readinesProbe: Unknown field.`,
        fix: 'Did you mean "readinessProbe"?',
      },
    ],
    notValidated: [],
  });
});

it('names the fields that there are where none is near', () => {
  expect(told(ofPod({ ports: [{ containerPort: 1, zzzzzz: 1 }] }))).toEqual([
    `${CONTAINER}.ports[0].zzzzzz: Unknown field. Leave it out, or use one of containerPort, hostIP, hostPort, name, protocol.`,
  ]);
});

it('a required field with a wrong name is one problem', () => {
  expect(told(deployment({ selectr: {}, template: {} }))).toEqual([
    'Deployment api: spec.selectr: Unknown field. Did you mean "selector"?',
  ]);
});

it('a field in the wrong case is unknown', () => {
  expect(told({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, Data: {} })).toEqual([
    'ConfigMap m: Data: Unknown field. Did you mean "data"?',
  ]);
});

describe('a binding', () => {
  const ROLES = 'rbac.authorization.k8s.io';
  const binding = (kind: string, role: string, ...subjects: readonly string[]) => ({
    ...{ apiVersion: `${ROLES}/v1`, kind, metadata: { name: 'b' } },
    roleRef: { apiGroup: ROLES, kind: role, name: 'r' },
    subjects: subjects.map((one) => ({ kind: one, name: 'x' })),
  });

  it.each([
    ['ClusterRoleBinding', 'clusterrole', 'It must be ClusterRole. Did you mean "ClusterRole"?'],
    ['ClusterRoleBinding', 'Role', 'It must be ClusterRole. Correct the value.'],
    ['RoleBinding', 'role', 'It must be ClusterRole or Role. Did you mean "Role"?'],
  ])('%s to a %s is told', (kind, role, message) => {
    expect(told(binding(kind, role, 'Group'))).toEqual([`${kind} b: roleRef.kind: ${message}`]);
  });

  it('to somebody of a kind that there is not is told', () => {
    expect(told(binding('RoleBinding', 'Role', 'User', 'group'))).toEqual([
      'RoleBinding b: subjects[1].kind: It must be User or Group or ServiceAccount. Did you mean "Group"?',
    ]);
  });

  it('with the kinds that there are passes', () => {
    for (const role of ['Role', 'ClusterRole'])
      expect(told(binding('RoleBinding', role, 'User', 'Group', 'ServiceAccount'))).toEqual([]);
    expect(told({ ...binding('ClusterRoleBinding', 'ClusterRole'), subjects: undefined })).toEqual([]);
  });
});

it.each<[string, object, string]>([
  [
    'a text for a number',
    { ports: [{ containerPort: 'x' }] },
    '.ports[0].containerPort: It is a string; it must be a whole number of at most 32 bits.',
  ],
  [
    'a number of too many bits',
    { ports: [{ containerPort: 2 ** 31 }] },
    '.ports[0].containerPort: It is a whole number; it must be a whole number of at most 32 bits.',
  ],
  [
    'a fraction for a number',
    { ports: [{ containerPort: 1.5 }] },
    '.ports[0].containerPort: It is a number; it must be a whole number of at most 32 bits.',
  ],
  ['a number for a text', { image: 5 }, '.image: It is a whole number; it must be a string.'],
  ['a text for a boolean', { tty: 'yes' }, '.tty: It is a string; it must be true or false.'],
  ['an object for a list', { args: {} }, '.args: It is an object; it must be a list.'],
  ['a list for an object', { resources: [] }, '.resources: It is a list; it must be an object.'],
  [
    'a text for a map',
    { resources: { limits: 'x' } },
    '.resources.limits: It is a string; it must be an object.',
  ],
  [
    'no quantity',
    { resources: { limits: { cpu: 'much' } } },
    '.resources.limits.cpu: It is a string; it must be a quantity such as 500m or 1Gi.',
  ],
  [
    'neither number nor text',
    { livenessProbe: { tcpSocket: { port: true } } },
    '.livenessProbe.tcpSocket.port: It is a boolean; it must be a whole number of at most 32 bits, or a string.',
  ],
])('%s is wrong, and its value is not told', (_what, container, message) => {
  expect(told(ofPod(container))).toEqual([`${CONTAINER}${message} Correct the field.`]);
});

it('no time and no base64 are wrong', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', creationTimestamp: 'today' },
    data: { a: 'p@ss' },
  };
  expect(told(secret)).toEqual([
    'Secret s: metadata.creationTimestamp: It is a string; it must be a time such as 2026-01-31T12:00:00Z. Correct the field.',
    'Secret s: data.a: It is a string; it must be bytes in base64. Correct the field.',
  ]);
});

it('a required field that is missing, or null, is told', () => {
  const missing = ['Deployment api: spec.template: It is missing. Add it: it is required.'];
  expect(told(deployment({ selector: {} }))).toEqual(missing);
  expect(told(deployment({ selector: {}, template: null }))).toEqual(missing);
});

it('null is no value elsewhere, as for the API server', () => {
  expect(told(ofPod({ image: null, args: [null], resources: { limits: { cpu: null } } }))).toEqual([]);
});

it('what only Pulumi knows fits everywhere', () => {
  expect(told(ofPod({ image: UNKNOWN, args: UNKNOWN, resources: UNKNOWN }))).toEqual([]);
  expect(told(deployment(UNKNOWN as never))).toEqual([]);
});

it('names of maps are free', () => {
  expect(
    told(
      deployment(
        { selector: { matchLabels: { any: 'thing' } }, template: {} },
        { name: 'api', labels: { selectr: 'a' } },
      ),
    ),
  ).toEqual([]);
});

describe('a kind that the release does not have', () => {
  const told1 = (apiVersion: string, kind: string, kubernetes?: KubernetesMinor): string =>
    told({ apiVersion, kind, metadata: { name: 'a' } }, kubernetes).join();

  it('is told with the version to use', () => {
    expect(told1('policy/v1beta1', 'PodDisruptionBudget')).toContain(
      'There is no policy/v1beta1 PodDisruptionBudget in Kubernetes 1.37. Use policy/v1.',
    );
    expect(told1('extensions/v1beta1', 'Ingress')).toContain('Use networking.k8s.io/v1.');
  });

  it('is told with the releases that have it', () => {
    expect(told1('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy', '1.35')).toContain(
      'in Kubernetes 1.35 (there is in 1.36, 1.37).',
    );
    expect(told1('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy', '1.36')).toBe('');
  });

  it('is told with the kind that was meant', () => {
    expect(told1('apps/v1', 'Deploymnt')).toContain('Did you mean "Deployment"?');
  });
});

it('a field counts for the releases that have it', () => {
  const differing = SUPPORTED_KUBERNETES.map((release) => fieldsOfType(release, 'core.v1.PodSpec').length);
  expect(Math.max(...differing)).toBeGreaterThan(Math.min(...differing));
});

it('an object whose schema nobody gave is named, and not called right', () => {
  const object = {
    manifest: { apiVersion: 'a.example/v1', kind: 'Thing', metadata: { name: 't' } },
    source: 'c/t',
  };
  expect(checkSchemas([object])).toEqual({ problems: [], notValidated: [object] });
});

it('the table has the supported releases, and the fields that the policy engine decodes', () => {
  expect(knownReleases()).toEqual(SUPPORTED_KUBERNETES);
  for (const [key, type] of Object.entries(KUBERNETES_TYPES.kinds)) {
    const [apiVersion, kind] = key.split(' ') as [string, string];
    const published = fieldsOfType('1.37', typeOfKind('1.37', apiVersion, kind)!).map(([name]) => name);
    expect([key, published.sort()]).toEqual([key, Object.keys(KUBERNETES_TYPES.types[type]!).sort()]);
  }
});

describe.each(SUPPORTED_KUBERNETES)('of Kubernetes %s', (release) => {
  it('lets pass every valid object, and every good example of every control', () => {
    const examples = CONTROLS.flatMap((control) =>
      control.examples.good.flatMap((example) =>
        judgesPods(control)
          ? POD_KINDS.map((kind) => wrapPod(kind, example, 'example', 'shop'))
          : [example as unknown as Manifest],
      ),
    );
    const objects = [...VALID_OBJECTS, ...examples].filter(({ apiVersion, kind }) =>
      releasesWith(apiVersion, kind).includes(release),
    );
    expect(objects.length).toBeGreaterThan(500);
    const { problems } = checkSchemas(
      objects.map((manifest) => ({ manifest, source: '', kubernetes: release })),
    );
    expect([...new Set(problems.map(({ message }) => message))]).toEqual([]);
  });

  it('finds every field that is renamed and every type that is changed, wherever', () => {
    let changes = 0;
    for (const valid of VALID_OBJECTS) {
      for (const [changed, what] of broken(valid, release)) {
        changes++;
        if (told(changed, release).length === 0) throw new Error(`${valid.kind}: ${what} is not found`);
      }
    }
    expect(changes).toBeGreaterThan(1000);
  });
});

/** The object with each of its fields renamed, and with each of its values changed to another type. */
function* broken(valid: Manifest, release: KubernetesMinor): Generator<readonly [Manifest, string]> {
  function* visit(
    code: string,
    value: unknown,
    path: readonly (string | number)[],
  ): Generator<readonly [Manifest, string]> {
    const plain = code.replace(/^!/, '');
    const at = path.join('.');
    if (plain === 'd' || plain.includes('|')) return;
    if (path.length > 0)
      yield [
        changedAt(valid, path, () => (plain === 'x' ? true : plain.startsWith('[') ? {} : [])),
        `${at} of another type`,
      ];
    if (plain.startsWith('[') || plain.startsWith('{')) {
      for (const [key, inner] of Object.entries(value as object))
        yield* visit(plain.slice(1), inner, [...path, plain.startsWith('[') ? Number(key) : key]);
    } else if (typeof value === 'object' && value !== null) {
      const fields = new Map(fieldsOfType(release, plain));
      for (const [key, inner] of Object.entries(value)) {
        if (path.length > 0 || !['apiVersion', 'kind'].includes(key)) {
          yield [renamedAt(valid, path, key), `${at}.${key} renamed`];
          yield* visit(fields.get(key)!, inner, [...path, key]);
        }
      }
    }
  }
  yield* visit(typeOfKind(release, valid.apiVersion, valid.kind)!, valid, []);
}

type Holder = Record<string | number, unknown>;

function changedAt(valid: Manifest, path: readonly (string | number)[], change: () => unknown): Manifest {
  const copy = structuredClone(valid);
  const holder = path
    .slice(0, -1)
    .reduce<Holder>((inner, key) => inner[key] as Holder, copy as unknown as Holder);
  holder[path.at(-1)!] = change();
  return copy;
}

function renamedAt(valid: Manifest, path: readonly (string | number)[], key: string): Manifest {
  const copy = structuredClone(valid);
  const holder = path.reduce<Holder>((inner, step) => inner[step] as Holder, copy as unknown as Holder);
  holder[`${key}Renamed`] = holder[key];
  delete holder[key];
  return copy;
}

describe('whatever is given', () => {
  it('is shown without control characters', () => {
    expect(told({ ...VALID_OBJECTS[0], 'a\u001b[31m\n': 1 })[0]).toContain(
      'Pod example: a?[31m?: Unknown field.',
    );
  });

  it('never throws, and says something of what is no object', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...VALID_OBJECTS), (value, valid) => {
        expect(told(value).length).toBeGreaterThan(0);
        for (const field of Object.keys(valid).filter((name) => !['apiVersion', 'kind'].includes(name)))
          told({ ...valid, [field]: value });
      }),
    );
  });

  it('is bounded in depth, in number and in length', () => {
    let schema: object = { type: 'object' };
    for (let depth = 0; depth < 5000; depth++) schema = { properties: { a: schema } };
    const definition = VALID_OBJECTS.at(-1)!;
    const [deep] = told({
      ...definition,
      spec: {
        ...(definition.spec as object),
        versions: [{ name: 'v', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    });
    expect(deep).toContain('nested deeper than 200 levels');
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 1]));
    expect(told({ ...VALID_OBJECTS[0], spec: many }).length).toBeLessThan(110);
    expect(told({ ...VALID_OBJECTS[0], ['x'.repeat(100_000)]: 1 })[0]!.length).toBeLessThan(1500);
  });
});

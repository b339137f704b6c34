import { isDeepStrictEqual } from 'node:util';
import { renderApp, type Manifest } from '../../../../constructs';
import {
  differenceOf,
  isSame,
  readCluster,
  reachabilityOf,
  type NetworkObject,
} from '../../../../reachability';
import { referenceStack, REFERENCE_DEFAULTS } from '../../../../stacks';

const objects: readonly NetworkObject[] = renderApp(referenceStack(REFERENCE_DEFAULTS).app).objects.map(
  ({ manifest, path }) => ({ manifest, source: path }),
);
const matrixOf = (from: readonly NetworkObject[]) => reachabilityOf(readCluster(from));
const matrix = matrixOf(objects);

test('the reference stack opens this, and nothing else', () => {
  const lines = matrix.flows
    .filter(({ from }) => from !== 'dns')
    .map(
      ({ from, to, openings }) =>
        `${from} > ${to}: ${openings.map(({ protocol, port, endPort }) => `${protocol} ${port}${endPort === port ? '' : `-${endPort}`}`).join(', ')}`,
    );
  expect(lines).toEqual([
    'Deployment shop/api > dns: TCP 53, UDP 53',
    'Deployment shop/api > Deployment shop/database: TCP 5432',
    'Deployment shop/database > dns: TCP 53, UDP 53',
    'Deployment shop/web > dns: TCP 53, UDP 53',
    'Deployment shop/web > Deployment shop/api: TCP 8080',
  ]);
  const held = matrix.points.filter((point) => point.type === 'workload' && point.namespace === 'shop');
  expect(held).toHaveLength(3);
  for (const point of held)
    expect(point).toMatchObject({
      ingressDeniedBy: expect.arrayContaining(['shop/default-deny']) as unknown,
      egressDeniedBy: expect.arrayContaining(['shop/default-deny']) as unknown,
    });
});

interface PolicySpec {
  readonly podSelector: object;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

interface Rule {
  readonly from?: readonly object[];
  readonly to?: readonly object[];
  readonly ports: readonly { readonly port: number }[];
}

const isPolicy = ({ manifest }: NetworkObject): boolean => manifest.kind === 'NetworkPolicy';
const specOf = (manifest: Manifest): PolicySpec => manifest.spec as PolicySpec;

/** The stack with the spec of one object changed, or without the object. */
function mutated(changed: NetworkObject, change?: (spec: PolicySpec) => object): readonly NetworkObject[] {
  return objects.flatMap((object) => {
    if (object !== changed) return [object];
    if (change === undefined) return [];
    return [{ ...object, manifest: { ...object.manifest, spec: change(specOf(object.manifest)) } }];
  });
}

/** What may happen to a policy by mistake. */
const MUTATIONS: Readonly<Record<string, (spec: PolicySpec) => object | undefined>> = {
  removed: () => undefined,
  'for everybody': (spec) => ({ ...spec, podSelector: {} }),
  'for nobody': (spec) => ({ ...spec, podSelector: { matchLabels: { nobody: 'here' } } }),
  'in the other direction only': (spec) => ({
    ...spec,
    policyTypes: spec.policyTypes.includes('Egress') ? ['Ingress'] : ['Egress'],
  }),
  'with all peers': (spec) => ({
    ...spec,
    ingress: spec.ingress?.map(({ ports }) => ({ ports })),
    egress: spec.egress?.map(({ ports }) => ({ ports })),
  }),
  'with all ports': (spec) => ({
    ...spec,
    ingress: spec.ingress?.map((rule) => ({ ...rule, ports: [] })),
    egress: spec.egress?.map((rule) => ({ ...rule, ports: [] })),
  }),
  'with another port': (spec) => ({
    ...spec,
    ingress: spec.ingress?.map((rule) => ({
      ...rule,
      ports: rule.ports.map((port) => ({ ...port, port: port.port + 1 })),
    })),
    egress: spec.egress?.map((rule) => ({
      ...rule,
      ports: rule.ports.map((port) => ({ ...port, port: port.port + 1 })),
    })),
  }),
};

const CASES = objects.filter(isPolicy).flatMap((object) =>
  Object.keys(MUTATIONS)
    // What is for everybody already, or has no rule, is not widened by being so again.
    .filter(
      (mutation) =>
        !isDeepStrictEqual(plain(MUTATIONS[mutation]!(specOf(object.manifest))), object.manifest.spec),
    )
    .map(
      (mutation) =>
        [`${object.manifest.metadata.namespace}/${object.manifest.metadata.name}`, mutation, object] as const,
    ),
);

test('there is a case for each policy', () => {
  expect(new Set(CASES.map(([name]) => name)).size).toBe(objects.filter(isPolicy).length);
});

test.each(CASES)('%s %s changes the matrix', (_, mutation, object) => {
  const spec = MUTATIONS[mutation]!(specOf(object.manifest));
  const after = matrixOf(mutated(object, spec === undefined ? undefined : () => spec));
  expect(isSame(differenceOf(matrix, after))).toBe(false);
});

/** Without the fields that are undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

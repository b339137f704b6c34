import { run, type CelInput } from '@bufbuild/cel';
import { toCel } from '../../support/cel';
import { renderApp, type Manifest, type RenderedObject } from '../../../../constructs';
import { servedBy } from '../../../../constructs/serves';
import {
  AdmissionPolicies,
  admissionPolicyName,
  CANARY_NAME,
  CONTROLS,
  judgesAlone,
  EXEMPT_NAMESPACES,
  judgesPods,
  POD_KINDS,
  wrapPod,
  variablesOf,
  wholeExpression,
  type Control,
} from '../../../../policies';
import { appWithChart } from '../../support/charts';

function admission(controls?: readonly Control[]) {
  const { app, chart } = appWithChart();
  const policies = new AdmissionPolicies(chart, 'admission', { controls });
  return { policies, objects: renderApp(app).objects };
}

function byName(objects: readonly RenderedObject[], kind: string, name: string): RenderedObject {
  return objects.find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name)!;
}

/** Fields that some kinds of a control have and others have not. */
const OTHER_KINDS = new Set<string>();

/** Controls that need other objects are no policies: no single request shows them to the API server. */
const ADMITTED = CONTROLS.filter(judgesAlone);

const POLICY = 'ValidatingAdmissionPolicy';
const BINDING = 'ValidatingAdmissionPolicyBinding';

describe.each(ADMITTED.map((control) => [control.id, control] as const))('the policy %s', (_id, control) => {
  const { objects } = admission();
  const name = admissionPolicyName(control);
  const spec = byName(objects, POLICY, name).manifest.spec as {
    failurePolicy: string;
    matchConditions: readonly { readonly name: string; readonly expression: string }[];
    matchConstraints: {
      resourceRules: readonly { resources: readonly string[]; operations: readonly string[] }[];
    };
    validations: readonly { expression: string; message: string }[];
    variables: readonly object[];
  };
  const binding = byName(objects, BINDING, name).manifest.spec as {
    validationActions: readonly string[];
    matchResources: { namespaceSelector: object };
  };

  it('denies what it cannot evaluate', () => {
    expect(spec.failurePolicy).toBe('Fail');
  });

  it('is bound to deny, and notes it in the audit log', () => {
    expect(binding).toMatchObject({ policyName: name, validationActions: ['Deny', 'Audit'] });
  });

  it('leaves out the exempt namespaces only', () => {
    expect(binding.matchResources).toEqual({
      namespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: EXEMPT_NAMESPACES },
        ],
      },
    });
  });

  if (judgesPods(control) && control.kinds.length < POD_KINDS.length) {
    it('judges the kinds that it names', () => {
      const judged = spec.matchConstraints.resourceRules.flatMap(({ resources }) => resources);
      expect(judged).toEqual(
        control.kinds.flatMap(({ resource, subresources = [] }) => [
          resource,
          ...subresources.map((subresource) => `${resource}/${subresource}`),
        ]),
      );
    });
  } else if (judgesPods(control)) {
    it('judges every kind that holds a pod, and ephemeral containers, when made or changed', () => {
      const rules = spec.matchConstraints.resourceRules;
      expect(rules).toEqual([
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['pods', 'pods/ephemeralcontainers', 'podtemplates', 'replicationcontrollers'],
          scope: 'Namespaced',
        },
        {
          apiGroups: ['apps'],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'],
          scope: 'Namespaced',
        },
        {
          apiGroups: ['batch'],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['jobs', 'cronjobs'],
          scope: 'Namespaced',
        },
      ]);
    });

    it('keeps nothing from being deleted, and lets nothing in on the way out', () => {
      const [condition] = spec.matchConditions;
      const isJudged = (object: unknown, oldObject: unknown): unknown =>
        run(condition!.expression, {
          object: toCel(object) as CelInput,
          oldObject: toCel(oldObject) as CelInput,
        });
      for (const podKind of POD_KINDS) {
        const object = (name: string, metadata: object = {}): Manifest => {
          const wrapped = wrapPod(podKind, { containers: [{ name }] });
          return { ...wrapped, metadata: { ...wrapped.metadata, ...metadata } };
        };
        const dying = { deletionTimestamp: 'now', finalizers: [] };
        expect(isJudged(object('a'), null)).toBe(true);
        expect(isJudged(object('a', dying), null)).toBe(true);
        expect(isJudged(object('a'), object('a'))).toBe(false);
        expect(isJudged(object('a', { labels: { new: 'label' } }), object('a'))).toBe(false);
        expect(isJudged(object('a', dying), object('a'))).toBe(false);
        expect(isJudged(object('b'), object('a'))).toBe(true);
        expect(isJudged(object('b', dying), object('a', dying))).toBe(true);
      }
      const [deployment] = POD_KINDS.filter(({ kind }) => kind === 'Deployment');
      const before = wrapPod(deployment!, { containers: [] });
      expect(isJudged({ ...before, spec: { ...(before.spec as object), replicas: 3 } }, before)).toBe(false);
    });
  } else {
    it('looks at nothing but what makes an update be judged', () => {
      const text = [...spec.validations, ...(spec.variables as { expression: string }[])]
        .map(({ expression }) => expression)
        .join(' ');
      const fields = new Set(
        [...text.matchAll(/\bobject\.([A-Za-z]+(?:\.[A-Za-z]+)?)/g)].map(([, path]) => path!),
      );
      for (const kind of control.kinds) {
        const judged = [...(kind.judged ?? ['spec']), 'kind', 'metadata.name', 'metadata.namespace'];
        const overlooked = [...fields].filter(
          (field) =>
            !judged.some(
              (path) => field === path || field.startsWith(`${path}.`) || path.startsWith(`${field}.`),
            ),
        );
        expect([kind.kind, overlooked.filter((field) => !OTHER_KINDS.has(field))]).toEqual([kind.kind, []]);
      }
    });
  }

  it('says the same as at synth', () => {
    expect(spec.variables).toEqual(variablesOf(control));
    expect(spec.validations.map(({ expression }) => expression)).toEqual(
      control.validations.map(wholeExpression),
    );
  });

  it('tells in its refusal which control it is and what to do', () => {
    for (const [index, { message }] of spec.validations.entries()) {
      expect(message).toBe(`${control.id}: ${control.validations[index]!.message} ${control.remediation}`);
    }
  });
});

describe('the canary', () => {
  it('refuses always, and names the digest of the set', () => {
    const { objects, policies } = admission();
    const policy = byName(objects, POLICY, CANARY_NAME).manifest;
    expect(policy.spec).toMatchObject({
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [{ resources: ['configmaps'], resourceNames: [CANARY_NAME] }] },
      validations: [
        { expression: 'false', message: `The admission policies ${policies.digest} are in force.` },
      ],
    });
    expect(byName(objects, BINDING, CANARY_NAME).manifest.spec).toEqual({
      policyName: CANARY_NAME,
      validationActions: ['Deny'],
    });
  });

  it('comes after all other policies and bindings', () => {
    const { objects } = admission();
    const policy = byName(objects, POLICY, CANARY_NAME);
    const binding = byName(objects, BINDING, CANARY_NAME);
    const others = objects.filter((object) => object !== policy && object !== binding);
    // Paths, because a construct tree in a failed comparison takes minutes to print.
    const paths = (some: readonly RenderedObject[]) => some.map(({ path }) => path);
    expect(others).toHaveLength(2 * ADMITTED.length);
    expect(paths(policy.dependsOn).sort()).toEqual(paths(others).sort());
    expect(paths(binding.dependsOn)).toEqual([policy.path]);
    expect(paths(objects.slice(-2))).toEqual([policy.path, binding.path]);
  });
});

describe('the digest of the set', () => {
  const digest = (controls?: readonly Control[]) => admission(controls).policies.digest;

  it('is the same for the same set', () => {
    expect(digest()).toBe(digest(CONTROLS));
    expect(digest()).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, (control: Control) => Control]>([
    ['an expression', (c) => ({ ...c, validations: [{ ...c.validations[0]!, expression: 'true' }] })],
    ['a message', (c) => ({ ...c, validations: [{ ...c.validations[0]!, message: 'Other.' }] })],
    ['a remediation', (c) => ({ ...c, remediation: 'Other.' })],
    ['an id', (c) => ({ ...c, id: 'other' })],
  ])('changes with %s of one control', (_what, change) => {
    const last = CONTROLS.length - 1;
    const changed = CONTROLS.map((control, index) => (index === last ? change(control) : control));
    expect(digest(changed)).not.toBe(digest());
  });

  it('changes when a control is taken away', () => {
    expect(digest(CONTROLS.slice(1))).not.toBe(digest());
  });
});

it('declares the recommendations of its controls', () => {
  const declared = new Set(servedBy(admission().policies));
  expect(declared).toEqual(new Set(CONTROLS.flatMap(({ mappings }) => mappings.recommendations)));
});

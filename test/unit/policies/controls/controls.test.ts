import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RECOMMENDATIONS } from '../../../../model';
import {
  checkObjects,
  CONTROLS,
  POD_KINDS,
  wrapPod,
  type Control,
  type Validation,
} from '../../../../policies';
import type { PodKind, Example } from '../../../../policies';

const breaks = (control: Control, kind: PodKind, example: Example): readonly string[] =>
  checkObjects([{ manifest: wrapPod(kind, example), source: 'example' }], [control]).map(
    ({ message }) => message,
  );

/** A control in which one expression is true for everything. */
function without(control: Control, removed: Validation): Control {
  const validations = control.validations.map((validation) =>
    validation === removed ? { ...validation, expression: 'true' } : validation,
  );
  return { ...control, validations };
}

it('no control disappears or comes without notice', () => {
  expect(CONTROLS.map(({ id }) => id)).toEqual([
    'host-namespaces',
    'privilege-escalation',
    'privileged',
    'read-only-root',
    'run-as-non-root',
  ]);
});

it('no file of a control is forgotten in the list', () => {
  const folder = join(__dirname, '../../../../policies/controls');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('index.ts'))
    .map((name) => name.replace(/^.*\//, '').replace('.ts', ''));
  expect(files.sort()).toEqual(CONTROLS.map(({ id }) => id));
});

describe.each(CONTROLS.map((control) => [control.id, control] as const))('%s', (_id, control) => {
  const kinds = POD_KINDS.map((kind) => [kind.kind, kind] as const);
  const numbered = (examples: readonly Example[]) => examples.map((example, i) => [i + 1, example] as const);

  describe.each(kinds)('in a %s', (_kind, kind) => {
    it.each(numbered(control.examples.bad))('refuses bad example %d', (_number, example) => {
      expect(breaks(control, kind, example)).not.toEqual([]);
    });

    it.each(numbered(control.examples.good))('lets good example %d pass', (_number, example) => {
      expect(breaks(control, kind, example)).toEqual([]);
    });
  });

  it.each(control.validations.map((validation) => [validation.message, validation] as const))(
    'needs the validation "%s": without it a bad example passes',
    (_message, validation) => {
      const weaker = without(control, validation);
      const pod = POD_KINDS[0]!;
      const passing = control.examples.bad.filter((example) => breaks(weaker, pod, example).length === 0);
      expect(passing).not.toEqual([]);
    },
  );

  it('is described as data: name, severity, remediation, recommendation', () => {
    expect(control.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(['low', 'medium', 'high', 'critical']).toContain(control.severity);
    for (const text of [control.title, control.rationale, control.remediation])
      expect(text.trim()).not.toBe('');
    expect(control.mappings.recommendations).not.toEqual([]);
    for (const { message } of control.validations) expect(message).toMatch(/\.$/);
  });

  it('names recommendations of the guidance only', () => {
    const known = RECOMMENDATIONS.map(({ id }) => id);
    for (const id of control.mappings.recommendations) expect(known).toContain(id);
  });

  it('has examples of both sorts', () => {
    expect(control.examples.good).not.toEqual([]);
    expect(control.examples.bad).not.toEqual([]);
  });
});

/** A container that meets every control. */
const SAFE = {
  name: 'c',
  image: 'i',
  securityContext: {
    runAsNonRoot: true,
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
};

/** Changes to a safe container, each with the one control that has to see it. */
const UNSAFE: readonly [string, object, string][] = [
  ['is privileged', { securityContext: { ...SAFE.securityContext, privileged: true } }, 'privileged'],
  [
    'may escalate',
    { securityContext: { ...SAFE.securityContext, allowPrivilegeEscalation: true } },
    'privilege-escalation',
  ],
  [
    'keeps capabilities',
    { securityContext: { ...SAFE.securityContext, capabilities: { drop: ['KILL'] } } },
    'privilege-escalation',
  ],
  [
    'adds a capability',
    { securityContext: { ...SAFE.securityContext, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } } },
    'privilege-escalation',
  ],
  [
    'can write to its root',
    { securityContext: { ...SAFE.securityContext, readOnlyRootFilesystem: false } },
    'read-only-root',
  ],
  ['is root', { securityContext: { ...SAFE.securityContext, runAsUser: 0 } }, 'run-as-non-root'],
  ['may be root', { securityContext: { ...SAFE.securityContext, runAsNonRoot: false } }, 'run-as-non-root'],
  ['opens a host port', { ports: [{ containerPort: 80, hostPort: 80 }] }, 'host-namespaces'],
];

describe.each(['containers', 'initContainers', 'ephemeralContainers'])('in %s', (list) => {
  const check = (container: object) => {
    const spec = { containers: [SAFE], [list]: [SAFE, container] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
    return checkObjects([{ manifest: pod, source: 'p' }]).map(({ control }) => control);
  };

  it.each(UNSAFE)('a container that %s is seen', (_what, change, control) => {
    expect(check({ ...SAFE, ...change })).toEqual([control]);
  });

  it('a safe container passes', () => {
    expect(check(SAFE)).toEqual([]);
  });
});

import type { Manifest } from '../../../../constructs';
import { checkObjects, CONTROLS, findingProblem, KINDS, POD_KINDS, wrapPod } from '../../../../policies';
import { apiVersionOf } from '../../../../policies/kinds';
import { policySpec } from '../../../../policies/enforce/admission-policy';

const CANARY = 'canary-3f9c1d7e5b2a4860';

/** Objects that hold the canary wherever a secret can stand, and break as much as they can. */
const OBJECTS: readonly Manifest[] = [
  ...POD_KINDS.map((kind) =>
    wrapPod(kind, {
      metadata: { annotations: { note: CANARY, 'container.apparmor.security.beta.kubernetes.io/c': CANARY } },
      spec: {
        hostNetwork: true,
        volumes: [{ name: 'v', hostPath: { path: '/' } }],
        containers: ['containers', 'init'].map((name) => ({
          name,
          image: 'nginx',
          command: ['sh', '-c', `login --password ${CANARY}`],
          args: [`--token=${CANARY}`, CANARY],
          env: [
            { name: 'PASSWORD', value: CANARY },
            { name: 'URL', value: `https://user:${CANARY}@host` },
          ],
          livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'Authorization', value: CANARY }] } },
          lifecycle: { preStop: { exec: { command: [CANARY] } } },
          securityContext: { privileged: true },
        })),
      },
    }),
  ),
  ...[KINDS.configMap, KINDS.secret].map((kind) => ({
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { name: 'm', namespace: 'shop', annotations: { note: CANARY } },
    type: 'kubernetes.io/service-account-token',
    data: { password: CANARY, token: `-----BEGIN PRIVATE KEY-----\n${CANARY}` },
    stringData: { password: CANARY },
  })),
];

it('no finding repeats a value that may be secret', () => {
  const findings = checkObjects(OBJECTS.map((manifest) => ({ manifest, source: 'test' })));
  const controls = new Set(findings.map(({ control }) => control));
  for (const id of [
    'credential-in-arguments',
    'credential-in-config-map',
    'credential-in-environment',
    'service-account-token-secret',
  ]) {
    expect(controls).toContain(id);
  }
  expect(JSON.stringify(findings)).not.toContain(CANARY);
  expect(JSON.stringify(findings.map(findingProblem))).not.toContain(CANARY);
});

it('no message of an admission policy is computed from a field that may be secret', () => {
  for (const control of CONTROLS) {
    const { validations } = policySpec(control, []) as { validations: { messageExpression?: string }[] };
    for (const [index, { messageExpression }] of validations.entries()) {
      const { forEach } = control.validations[index]!;
      // What comes back is only what `map` takes from the elements: the label by which a person knows them.
      expect(messageExpression?.endsWith('."') ?? forEach === undefined).toBe(true);
      if (forEach === undefined) continue;
      expect(messageExpression).toContain(`.map(${forEach.as}, ${forEach.label}).join(", ")`);
      expect(forEach.label).not.toMatch(/value|data|args|command|annotations/);
    }
  }
});

import { z } from 'zod';
import type { Finding } from '../../../model';
import { CONTROLS } from '../../../policies';
import { bySeverity, fails, type CheckReport } from '../../../report/check-report';
import { checkConsole } from '../../../report/check-console';
import { checkJson } from '../../../report/check-json';
import { paletteFor } from '../../../report/colour';
import { controlsConsole } from '../../../report/controls-console';
import { controlsJson } from '../../../report/controls-json';
import { checkSarif } from '../../../report/sarif';

const CONTROL = CONTROLS[0]!;

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    control: CONTROL.id,
    recommendations: ['POD-1'],
    severity: 'high',
    resource: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'api' },
    source: 'deploy/my app.yaml',
    line: 7,
    path: 'spec.template.spec.containers[0].image',
    message: 'It is wrong.',
    remediation: 'Put it right.',
    ...changes,
  };
}

function report(findings: readonly Finding[], changes: Partial<CheckReport> = {}): CheckReport {
  const summary = {
    files: 1,
    objects: 2,
    notJudged: 1,
    notJudgedKinds: { 'v1/ConfigMap': 1 },
    controls: CONTROLS.length,
    findings: bySeverity(findings),
    waived: findings.filter(({ waiver }) => waiver !== undefined).length,
    problems: 0,
    failOn: 'low' as const,
  };
  return { findings, problems: [], controls: CONTROLS, summary, ...changes };
}

const WAIVED = finding({ waiver: 'a for Deployment shop/api', container: 'app' });
const UNKNOWN = finding({ undetermined: true });

describe('what counts', () => {
  it('is neither waived nor unknown', () => {
    expect(bySeverity([finding(), WAIVED, UNKNOWN, finding({ severity: 'low' })])).toEqual({
      low: 1,
      medium: 0,
      high: 1,
      critical: 0,
    });
    expect([fails(report([WAIVED, UNKNOWN])), fails(report([finding()]))]).toEqual([false, true]);
  });
});

/** The parts of SARIF 2.1.0 that we write; strict, so that a field by another name is seen. */
const MESSAGE = z.strictObject({ text: z.string().min(1) });
const LOCATION = z.strictObject({
  physicalLocation: z
    .strictObject({
      artifactLocation: z.strictObject({
        uri: z.string().regex(/^[^\s\\]+$/),
        uriBaseId: z.literal('SRCROOT').optional(),
      }),
      region: z.strictObject({ startLine: z.int().min(1) }).optional(),
    })
    .optional(),
  logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string(), kind: z.string() })).optional(),
});
const LEVEL = z.enum(['none', 'note', 'warning', 'error']);
const SARIF = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.literal('keelson'),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              name: z.string(),
              shortDescription: MESSAGE,
              fullDescription: MESSAGE,
              help: MESSAGE,
              defaultConfiguration: z.strictObject({ level: LEVEL }),
              properties: z.strictObject({
                tags: z.array(z.string()).min(2),
                'security-severity': z.string().regex(/^\d\.\d$/),
                precision: z.string(),
              }),
            }),
          ),
        }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      originalUriBaseIds: z.record(z.string(), z.strictObject({ uri: z.string().regex(/^file:.*\/$/) })),
      invocations: z.array(
        z.strictObject({
          executionSuccessful: z.boolean(),
          toolExecutionNotifications: z.array(
            z.strictObject({
              level: LEVEL,
              descriptor: z.strictObject({ id: z.string() }),
              message: MESSAGE,
              locations: z.array(LOCATION),
            }),
          ),
        }),
      ),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int(),
          level: LEVEL,
          kind: z.enum(['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']),
          message: MESSAGE,
          locations: z.array(LOCATION).length(1),
          partialFingerprints: z.record(z.string(), z.string()),
          suppressions: z
            .array(
              z.strictObject({
                kind: z.enum(['inSource', 'external']),
                status: z.enum(['accepted', 'underReview', 'rejected']),
                justification: z.string(),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ]),
});

describe('SARIF', () => {
  const run = (findings: readonly Finding[], changes: Partial<CheckReport> = {}) =>
    SARIF.parse(JSON.parse(checkSarif(report(findings, changes), '/repo'))).runs[0];

  it('has a rule for each control and a result for each finding, which names its rule', () => {
    const { tool, results } = run([finding(), WAIVED, UNKNOWN]);
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(CONTROLS.map(({ id }) => id));
    expect(results).toHaveLength(3);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
  });

  it('suppresses what is waived, and nothing else', () => {
    const { results } = run([finding(), WAIVED]);
    expect(results.map(({ suppressions }) => suppressions?.[0]?.justification)).toEqual([
      undefined,
      WAIVED.waiver,
    ]);
  });

  it('does not claim that what is unknown fails', () => {
    expect(run([UNKNOWN]).results[0]!.kind).toBe('review');
  });

  it.each([
    ['deploy/my app.yaml', 'deploy/my%20app.yaml', 'SRCROOT'],
    ['/repo/a.yaml', 'a.yaml', 'SRCROOT'],
    ['/elsewhere/a.yaml', 'file:///elsewhere/a.yaml', undefined],
  ])('names %s as %s', (source, uri, uriBaseId) => {
    const location = run([finding({ source })]).results[0]!.locations[0]!.physicalLocation!;
    expect(location).toEqual({
      artifactLocation: { uri, ...(uriBaseId === undefined ? {} : { uriBaseId }) },
      region: { startLine: 7 },
    });
  });

  it('names no file where the object is in a cluster', () => {
    expect(
      run([finding({ source: 'https://10.0.0.1:6443/api/v1/pods' })]).results[0]!.locations[0],
    ).not.toHaveProperty('physicalLocation');
  });

  it('gives a finding the same fingerprint wherever it stands, and each container another', () => {
    const prints = [
      finding(),
      finding({ line: 99, path: 'spec.template.spec.containers[3].image', source: 'b.yaml' }),
      finding({ container: 'other' }),
    ].map((each) => run([each]).results[0]!.partialFingerprints['keelson/v1']);
    expect(new Set(prints).size).toBe(2);
    expect(prints[0]).toBe(prints[1]);
  });

  it('tells what could not be read', () => {
    const problem = {
      code: 'check/yaml',
      where: 'a.yaml:3',
      message: 'It is no YAML.',
      fix: 'Correct it.',
    } as const;
    const { invocations } = run([], { problems: [problem] });
    expect(invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [
        {
          message: { text: 'It is no YAML. Correct it.' },
          locations: [{ physicalLocation: { region: { startLine: 3 } } }],
        },
      ],
    });
  });
});

describe('JSON', () => {
  it('has null where something is absent', () => {
    const { findings } = JSON.parse(
      checkJson(
        report([
          finding({
            resource: { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'a' },
            line: undefined,
          }),
        ]),
      ),
    );
    expect(findings[0]).toEqual({
      control: CONTROL.id,
      recommendations: ['POD-1'],
      severity: 'high',
      resource: { apiVersion: 'v1', kind: 'Namespace', namespace: null, name: 'a' },
      path: 'spec.template.spec.containers[0].image',
      message: 'It is wrong.',
      remediation: 'Put it right.',
      file: 'deploy/my app.yaml',
      line: null,
      waiver: null,
    });
  });
});

describe('the console', () => {
  const plain = paletteFor(false, {});
  it('names an object once, above its findings', () => {
    const text = checkConsole(
      report([finding(), finding({ message: 'More.' }), finding({ source: 'b.yaml' })]),
      plain,
    );
    expect(text.match(/^Deployment shop\/api/gm)).toHaveLength(2);
    expect(text.match(/Fix: Put it right\./g)).toHaveLength(3);
    expect(text).toContain('2 objects in 1 files: 0 critical, 3 high, 0 medium, 0 low, 0 waived.');
    expect(text).toContain('1 v1/ConfigMap');
  });

  it('says of a waived finding that it is', () => {
    const text = checkConsole(report([WAIVED]), plain);
    expect(text).toMatch(/^ {2}waived {2}/m);
    expect(text).toContain(`Waiver: ${WAIVED.waiver}`);
  });

  it('has colours for a person only', () => {
    const coloured = (...[terminal, env]: Parameters<typeof paletteFor>) =>
      /\u001b\[/.test(checkConsole(report([finding()]), paletteFor(terminal, env)));
    expect([
      coloured(true, {}),
      coloured(false, {}),
      coloured(true, { NO_COLOR: '1' }),
      coloured(true, { TERM: 'dumb' }),
    ]).toEqual([true, false, false, false]);
  });

  it('shows control characters of a manifest as what they are', () => {
    const forged = finding({ message: 'x\u001b[2K\n0 findings\u202e' });
    expect(checkConsole(report([forged]), plain)).toContain('x\\u001b[2K\\u000a0 findings\\u202e');
  });
});

describe('every format', () => {
  it('holds every finding', () => {
    const all = Array.from({ length: 50 }, (_, index) => finding({ message: `Number ${index}.` }));
    for (const text of [
      checkConsole(report(all), paletteFor(false, {})),
      checkJson(report(all)),
      checkSarif(report(all), '/'),
    ]) {
      for (const { message } of all) expect(text).toContain(message);
    }
  });
});

describe('controls', () => {
  it('are all listed, with what they answer to', () => {
    const { controls } = JSON.parse(controlsJson(CONTROLS)) as { controls: Record<string, unknown>[] };
    expect(controls.map(({ id }) => id)).toEqual(CONTROLS.map(({ id }) => id));
    const keys = [
      'id',
      'title',
      'severity',
      'area',
      'profile',
      'mappings',
      'kinds',
      'companions',
      'rationale',
      'remediation',
      'parameters',
    ];
    for (const control of controls) expect(Object.keys(control)).toEqual(keys);
    for (const { id, title } of CONTROLS) {
      expect(controlsConsole(CONTROLS)).toContain(id);
      expect(controlsConsole(CONTROLS)).toContain(title);
    }
  });
});

import { createHash } from 'node:crypto';
import { isAbsolute, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatResource, type Finding, type Problem, type Severity } from '../model';
import type { Control } from '../policies';
import { isFile } from './check-json';
import type { CheckReport } from './check-report';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

const LEVELS: Readonly<Record<Severity, string>> = {
  low: 'note',
  medium: 'warning',
  high: 'error',
  critical: 'error',
};

/** Scores on the scale of 0 to 10 in which code scanners sort results; each in the middle of its range there. */
const SCORES: Readonly<Record<Severity, string>> = {
  low: '2.0',
  medium: '5.5',
  high: '8.0',
  critical: '9.5',
};

/**
 * The findings as SARIF 2.1.0, for code scanners. Each control is a rule; a waived finding is a suppressed result.
 *
 * @param folder the folder that file names are relative to
 */
export function checkSarif(report: CheckReport, folder: string): string {
  const rules = report.controls.map(rule);
  const index = new Map(report.controls.map(({ id }, position) => [id, position]));
  const run = {
    tool: { driver: { name: 'keelson', rules } },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(folder).href}/` } },
    invocations: [
      {
        executionSuccessful: report.problems.length === 0,
        toolExecutionNotifications: report.problems.map((problem) => notification(problem, folder)),
      },
    ],
    results: report.findings.map((finding) => result(finding, index.get(finding.control) ?? -1, folder)),
  };
  return JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2);
}

function rule(control: Control): Readonly<Record<string, unknown>> {
  const { id, title, rationale, remediation, severity, area, mappings } = control;
  const tags = [
    'security',
    area,
    ...mappings.recommendations.map((name) => `nsa-cisa/${name}`),
    ...mappings.cis.map((item) => `cis/${item}`),
    ...(mappings.pss === undefined ? [] : [`pss/${mappings.pss.level}`]),
    ...mappings.attack.map((technique) => `attack/${technique}`),
  ];
  return {
    id,
    name: id,
    shortDescription: { text: title },
    fullDescription: { text: rationale },
    help: { text: `${rationale}\n\n${remediation}` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags, 'security-severity': SCORES[severity], precision: 'very-high' },
  };
}

function result(finding: Finding, ruleIndex: number, folder: string): Readonly<Record<string, unknown>> {
  const { control, severity, resource, message, remediation, container, path, source, line, waiver } =
    finding;
  const object = formatResource(resource);
  const where = container === undefined ? object : `${object}, container ${container}`;
  return {
    ruleId: control,
    ruleIndex,
    level: LEVELS[severity],
    kind: finding.undetermined === true ? 'review' : 'fail',
    message: { text: `${where}: ${message} ${remediation}` },
    locations: [
      {
        ...physical(source, line, folder),
        logicalLocations: [{ fullyQualifiedName: `${object}: ${path}`, kind: 'object' }],
      },
    ],
    partialFingerprints: { 'keelson/v1': fingerprint(finding) },
    ...(waiver === undefined
      ? {}
      : { suppressions: [{ kind: 'external', status: 'accepted', justification: waiver }] }),
  };
}

/** Names a finding for as long as its object exists: lines move, and so do positions in lists. */
function fingerprint({ control, resource, container, path }: Finding): string {
  const { apiVersion, kind, namespace, name } = resource;
  const field = path.replace(/\[\d+\]/g, '[]');
  const identity = [control, apiVersion.split('/')[0], kind, namespace, name, container ?? '', field];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

function notification(problem: Problem, folder: string): Readonly<Record<string, unknown>> {
  const [, source, line] = /^(.*?)(?::(\d+))?$/s.exec(problem.where)!;
  return {
    level: 'error',
    descriptor: { id: problem.code },
    message: { text: `${problem.message} ${problem.fix}` },
    locations: [physical(source!, line === undefined ? undefined : Number(line), folder)],
  };
}

function physical(
  source: string,
  line: number | undefined,
  folder: string,
): Readonly<Record<string, unknown>> {
  if (!isFile(source)) return {};
  return {
    physicalLocation: {
      artifactLocation: artifact(source, folder),
      ...(line === undefined ? {} : { region: { startLine: line } }),
    },
  };
}

/** Code scanners match relative names with the repository; what lies outside keeps its whole name. */
function artifact(source: string, folder: string): Readonly<Record<string, string>> {
  const name = isAbsolute(source) ? relative(folder, source) : source;
  if (name.startsWith('..') || isAbsolute(name)) return { uri: pathToFileURL(source).href };
  return { uri: name.split(sep).map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
}

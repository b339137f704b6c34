/** The controls as a validation plugin of stock cdk8s-cli: `validations:` in cdk8s.yaml names this module. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Manifest } from '../../constructs';
import {
  formatResource,
  formatWaiver,
  waiverProblems,
  type AccessBaseline,
  type Finding,
  type Problem,
  type Waiver,
} from '../../model';
import { judgeAccess, parseAccessBaseline } from '../access-paths';
import { CONTROLS } from '../controls';
import { checkSchemas, notValidatedMessage } from '../schema/check-schemas';
import { checkObjects } from './check';
import { parseWaivers } from './waiver-list';
import { waivable } from './waivable';
import { applyWaivers } from './waivers';

/** What cdk8s-cli hands to a plugin, as far as it is used here. */
export interface PluginContext {
  /** The files that were synthesized. */
  readonly manifests: readonly string[];
  parseManifest(path: string): readonly unknown[];
  readonly report: {
    addViolation(violation: PluginViolation): void;
    submit(status: 'success' | 'failure'): void;
  };
}

/** A violation as cdk8s-cli reports it. */
export interface PluginViolation {
  readonly ruleName: string;
  readonly recommendation: string;
  readonly fix: string;
  readonly violatingResources: readonly {
    readonly resourceName: string;
    readonly locations: readonly string[];
    readonly manifestPath: string;
  }[];
}

/** `properties:` of the plugin in cdk8s.yaml. */
export interface PluginProperties {
  /**
   * A YAML file with waivers.
   *
   * @default - nothing is relaxed
   */
  readonly waivers?: string;
  /**
   * A file with the ways to cluster-admin that are accepted, as `keelson access --write-baseline` writes it.
   *
   * @default - none is
   */
  readonly access?: string;
}

/**
 * Checks what `cdk8s synth` wrote, and fails the synth where the API server would not take an object as it is, where a
 * control is broken without a waiver, and where somebody gets to cluster-admin.
 *
 * cdk8s-cli knows constructs by the name of their object only, so that it can name the wrong construct where two objects of
 * different kinds share a name. Each location therefore says kind, namespace and name itself.
 */
export class KeelsonValidation {
  public constructor(private readonly properties: PluginProperties = {}) {}

  public validate(context: PluginContext): Promise<void> {
    const waivers = this.waivers();
    const now = new Date();
    const objects = context.manifests.flatMap((path) =>
      context
        .parseManifest(path)
        .filter((document) => document !== null && document !== undefined)
        .map((document) => ({ manifest: document as Manifest, source: path })),
    );
    const findings = applyWaivers(checkObjects(objects), waivers, now).filter(
      ({ waiver }) => waiver === undefined,
    );
    for (const finding of findings) context.report.addViolation(violationOf(finding));
    const { problems, notValidated } = checkSchemas(objects);
    for (const { manifest, source } of notValidated) console.error(notValidatedMessage(manifest, source));
    const wrong = [
      ...problems.map(schemaViolation),
      ...waiverViolations(waivers, now),
      ...judgeAccess(objects, this.accepted()).map(accessViolation),
    ];
    for (const violation of wrong) context.report.addViolation(violation);
    context.report.submit(findings.length + wrong.length === 0 ? 'success' : 'failure');
    return Promise.resolve();
  }

  private waivers(): readonly Waiver[] {
    const file = this.properties.waivers;
    return file === undefined ? [] : parseWaivers(parse(readFileSync(file, 'utf8')), file);
  }

  private accepted(): AccessBaseline | undefined {
    const file = this.properties.access;
    return file === undefined ? undefined : parseAccessBaseline(readFileSync(file, 'utf8'), file);
  }
}

function accessViolation({ message, fix, where }: Problem): PluginViolation {
  return {
    ruleName: 'access',
    recommendation: message,
    fix,
    violatingResources: [{ resourceName: '', locations: [where], manifestPath: '' }],
  };
}

function violationOf({ control, message, remediation, resource, path, source }: Finding): PluginViolation {
  return {
    ruleName: control,
    recommendation: message,
    fix: remediation,
    violatingResources: [
      {
        resourceName: resource.name,
        locations: [`${formatResource(resource)}: ${path}`],
        manifestPath: source,
      },
    ],
  };
}

function schemaViolation({ message, fix, where }: Problem): PluginViolation {
  return {
    ruleName: 'schema',
    recommendation: message,
    fix,
    violatingResources: [{ resourceName: '', locations: [message], manifestPath: where }],
  };
}

function waiverViolations(waivers: readonly Waiver[], now: Date): readonly PluginViolation[] {
  return waivers.flatMap((waiver) =>
    waiverProblems([waiver], waivable(CONTROLS), now).map(({ message, fix }) => ({
      ruleName: 'waivers',
      recommendation: message,
      fix,
      violatingResources: [
        { resourceName: waiver.name, locations: [formatWaiver(waiver)], manifestPath: '' },
      ],
    })),
  );
}

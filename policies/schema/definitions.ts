import type { Manifest } from '../../constructs';
import { isObject } from './fields';

/** A schema in a CustomResourceDefinition. What others wrote may hold anything: whoever reads it looks first. */
export type CustomSchema = Readonly<Record<string, unknown>>;

/** What CustomResourceDefinitions tell of the kinds that they define. */
export class Definitions {
  private readonly schemas = new Map<string, CustomSchema>();
  private readonly served = new Map<string, readonly string[]>();

  public constructor(manifests: Iterable<Manifest>) {
    for (const manifest of manifests) if (isDefinition(manifest)) this.add(manifest.spec);
  }

  /** The versions in which a kind is served; undefined where no definition defines it. */
  public versionsOf(group: string, kind: string): readonly string[] | undefined {
    return this.served.get(`${group} ${kind}`);
  }

  /** The schema of a kind that is served; undefined where none is known. */
  public schemaOf(apiVersion: string, kind: string): CustomSchema | undefined {
    return this.schemas.get(`${apiVersion} ${kind}`);
  }

  private add(spec: unknown): void {
    if (!isObject(spec) || typeof spec.group !== 'string' || !isObject(spec.names)) return;
    const { group, versions } = spec;
    const { kind } = spec.names;
    if (typeof kind !== 'string' || !Array.isArray(versions)) return;
    const served: string[] = [];
    for (const version of versions) {
      if (!isObject(version) || typeof version.name !== 'string' || version.served !== true) continue;
      served.push(version.name);
      const schema = isObject(version.schema) ? version.schema.openAPIV3Schema : undefined;
      if (isObject(schema)) this.schemas.set(`${group}/${version.name} ${kind}`, schema);
    }
    this.served.set(`${group} ${kind}`, served);
  }
}

/** Whether an object is a CustomResourceDefinition. */
export function isDefinition({ apiVersion, kind }: Manifest): boolean {
  return kind === 'CustomResourceDefinition' && apiVersion === 'apiextensions.k8s.io/v1';
}

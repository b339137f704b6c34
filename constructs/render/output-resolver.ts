import type { ApiObject, IResolver, ResolutionContext } from 'cdk8s';
import { isOutput, type OutputLike } from '../output';

/**
 * Puts a placeholder in the place of each Pulumi `Output` while an object is rendered, and remembers which `Output` it
 * stands for. The placeholder depends on the place alone, so that the YAML for review and the objects that Pulumi
 * registers have the same digest.
 */
export class OutputResolver implements IResolver {
  private readonly placed = new WeakMap<ApiObject, Map<string, OutputLike<unknown>>>();

  /** Called by cdk8s for every value of every object. */
  public resolve(context: ResolutionContext): void {
    if (!isOutput(context.value)) return;
    const token = placeholder(context.key);
    const outputs = this.placed.get(context.obj) ?? new Map<string, OutputLike<unknown>>();
    this.placed.set(context.obj, outputs.set(token, context.value));
    context.replaceValue(token);
  }

  /** The outputs that stand in an object that was rendered, by placeholder. */
  public outputsOf(object: ApiObject): ReadonlyMap<string, OutputLike<unknown>> {
    return this.placed.get(object) ?? new Map();
  }
}

/** The text that stands for a value known only at deployment, for example `${output:data.region}`. */
export function placeholder(key: readonly string[]): string {
  // A field's name may itself hold dots: two places must never share a placeholder.
  return `\${output:${key.map((part) => part.replace(/[\\.]/g, '\\$&')).join('.')}}`;
}

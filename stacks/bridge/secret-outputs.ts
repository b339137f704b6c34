import type { RenderedApp } from '../../constructs';
import { throwIfAny, type Problem } from '../../model';

/**
 * Refuses secret `Output`s that stand anywhere in an app's objects: outside a Secret they would be readable in the
 * cluster, and a Secret's values enter by reference only.
 *
 * @throws KeelsonError naming construct path and property of each
 */
export async function refuseSecretOutputs(app: RenderedApp): Promise<void> {
  const problems: Problem[] = [];
  for (const object of app.objects) {
    for (const [placeholder, output] of object.outputs) {
      // Asked of the Output itself, so that who only synthesizes need not install Pulumi. One that does not say is refused.
      if ((await output.isSecret) === false) continue;
      problems.push({
        code: 'output/secret',
        where: `${object.path}.${placeholder.slice('${output:'.length, -1)}`,
        message: 'A secret Output stands where it would be written in plain text.',
        fix: 'Declare a ProvidedSecret, give the value to the stack as its secret, and mount it.',
      });
    }
  }
  throwIfAny(problems);
}

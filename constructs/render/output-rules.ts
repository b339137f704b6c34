import type { Problem } from '../../model';

/**
 * Where a value known only at deployment may not stand: constructs, selectors, ordering and policies compute with these.
 * Everywhere else a value is only passed on.
 */
const COMPUTED: readonly RegExp[] = [
  /^(metadata|spec|rules|webhooks)$/,
  /(^|\.)(template|jobTemplate|rules\.\d+|containers|initContainers|ephemeralContainers|volumes)(\.\d+)?$/,
  /\.template\.spec$/,
  /^(apiVersion|kind|type|immutable)$/,
  /^(metadata\.)?(name|generateName|namespace|labels|finalizers|ownerReferences)(\.|$)/,
  /(^|\.)(selector|matchLabels|matchExpressions|podSelector|namespaceSelector|nodeSelector)(\.|$)/,
  /(^|\.)(replicas|parallelism|completions|minAvailable|maxUnavailable|policyTypes)$/,
  /(^|\.)(ports?|containerPort|targetPort|nodePort|hostPort)(\.|$)/,
  /(^|\.)(containers|initContainers|ephemeralContainers|volumes)\.\d+\.name$/,
  /(^|\.)template\.metadata\.(name|namespace|labels)(\.|$)/,
  /(^|\.)(serviceAccountName|serviceAccount|roleRef|subjects|rules\.\d+\.(verbs|resources|apiGroups|resourceNames))(\.|$)/,
  /(^|\.)(securityContext|hostNetwork|hostPID|hostIPC|hostUsers|automountServiceAccountToken)(\.|$)/,
];

/** What Pulumi's `Output` turns into when somebody computes a string with it. */
const STRINGIFIED = /Calling \[to(String|JSON)\] on an \[Output<T>\]/;

/**
 * The outputs of one rendered object that stand where something computes with them.
 *
 * @param path construct path of the object, for the messages
 * @param manifest the object, with placeholders
 * @param text the object as JSON, by which most are seen to hold no output
 * @param tokens the placeholders that stand for outputs in it
 */
export function misplacedOutputs(
  path: string,
  manifest: unknown,
  text: string,
  tokens: ReadonlySet<string>,
): readonly Problem[] {
  const problems: Problem[] = [];
  const visit = (value: unknown, key: readonly string[]): void => {
    if (typeof value === 'string') {
      const place = key.join('.');
      if (STRINGIFIED.test(value)) {
        problems.push(
          computed(path, place, 'A Pulumi Output was turned into text before its value was known.'),
        );
      } else if (tokens.has(value) && COMPUTED.some((rule) => rule.test(place))) {
        problems.push(
          computed(path, place, 'A Pulumi Output stands where the value must be known at synth.'),
        );
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, [...key, String(index)]));
    } else if (value !== null && typeof value === 'object') {
      for (const [name, inner] of Object.entries(value)) {
        if (tokens.has(name) || STRINGIFIED.test(name)) {
          problems.push(
            computed(path, [...key, '(key)'].join('.'), 'A Pulumi Output stands as the name of a field.'),
          );
        }
        visit(inner, [...key, name]);
      }
    }
  };
  if (tokens.size > 0 || STRINGIFIED.test(text)) visit(manifest, []);
  return problems;
}

function computed(path: string, property: string, message: string): Problem {
  return {
    code: 'output/computed',
    where: `${path}.${property}`,
    message,
    fix: 'Use a value known at synth here; an Output may stand as an image, an argument, an environment value, a host or a data value.',
  };
}

import type { Reachability } from './reachability';

/** The name under which synth writes the data beside the YAML files. */
export const REACHABILITY_FILE = 'reachability.json';

/** The data as JSON, one point, flow and policy a line: a change of it can be read in a pull request. */
export function reachabilityJson(reachability: Reachability): string {
  const fields = Object.entries(reachability).map(([name, value]) =>
    Array.isArray(value)
      ? `  ${JSON.stringify(name)}: ${lines(value)}`
      : `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${fields.join(',\n')}\n}\n`;
}

function lines(items: readonly unknown[]): string {
  if (items.length === 0) return '[]';
  return `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
}

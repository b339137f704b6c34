import { KeelsonError, type Problem } from '../model';
import type { Control } from './control';
import type { Variable } from './subjects';

/**
 * A control with other values of its parameters.
 *
 * @throws KeelsonError naming each value that is unknown or does not fit its schema
 */
export function withParameters(control: Control, values: Readonly<Record<string, unknown>>): Control {
  const problems: Problem[] = [];
  const parameters = { ...control.parameters };
  for (const [name, value] of Object.entries(values)) {
    const known = parameters[name];
    const parsed = known?.schema().safeParse(value);
    if (known !== undefined && parsed?.success === true) {
      parameters[name] = { ...known, value: parsed.data };
      continue;
    }
    const names = Object.keys(control.parameters ?? {}).join(', ');
    problems.push({
      code: 'policy/load',
      where: `${control.id}.parameters.${name}`,
      message:
        known === undefined
          ? 'There is no such parameter.'
          : (parsed?.error?.issues.map(({ message }) => message).join('; ') ?? 'The value does not fit.'),
      fix: known === undefined ? `Use one of: ${names === '' ? 'none' : names}.` : known.description,
    });
  }
  if (problems.length > 0) throw new KeelsonError(problems);
  return { ...control, parameters };
}

/** The parameters as variables: each a CEL literal. */
export function parameterVariables(control: Control): readonly Variable[] {
  return Object.entries(control.parameters ?? {}).map(([name, { value }]) => ({
    name,
    expression: celLiteral(value),
  }));
}

/** A JSON value as CEL text. */
export function celLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(celLiteral).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${celLiteral(key)}: ${celLiteral(inner)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? textLiteral(value) : JSON.stringify(value);
}

/** A text in ASCII only: some characters are taken by JSON, and not by YAML or CEL. Half a character becomes U+FFFD. */
function textLiteral(text: string): string {
  const escaped = [...text].map((character) => {
    const code = character.codePointAt(0)!;
    if (character === '"' || character === '\\') return `\\${character}`;
    if (code >= 0x20 && code <= 0x7e) return character;
    if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
  return `"${escaped.join('')}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

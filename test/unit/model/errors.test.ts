import { inspect } from 'node:util';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, formatProblem, KeelsonError, throwIfAny, type Problem } from '../../../model';
import { problemsOf } from '../support/problems';

const one: Problem = {
  code: 'tool/missing',
  where: 'etcd',
  message: 'It was not found.',
  fix: 'Install it.',
};
const two: Problem = { code: 'local/port', where: '127.0.0.1:1', message: 'It is taken.', fix: 'Free it.' };

describe('KeelsonError', () => {
  it('shows place, message, fix and code of each problem, a line each', () => {
    expect(formatProblem(one)).toBe('etcd: It was not found. Install it. [tool/missing]');
    expect(new KeelsonError([one, two]).message).toBe(`${formatProblem(one)}\n${formatProblem(two)}`);
  });

  it('does nothing to the terminal, whatever something is called', () => {
    const text = formatProblem({ ...one, where: 'a\u001b[2J\rb', message: 'two\nlines\u202e.' });
    expect(text).toBe('a\\u001b[2J\\u000db: two\nlines\\u202e. Install it. [tool/missing]');
  });

  it('keeps its problems and its cause', () => {
    const cause = new Error('ENOENT');
    const error = new KeelsonError(one, { cause });
    expect(error.problems).toEqual([one]);
    expect(error.cause).toBe(cause);
    expect(error.name).toBe('KeelsonError');
  });
});

describe('throwIfAny', () => {
  it('throws all problems together, and nothing where there is none', () => {
    expect(problemsOf(() => throwIfAny([one, two]))).toEqual([one, two]);
    expect(() => throwIfAny([])).not.toThrow();
  });
});

describe('docs/errors.md', () => {
  const page = readFileSync(join(__dirname, '../../../docs/errors.md'), 'utf8');
  const sections = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), text] as const),
  );

  it('explains every code and no other, in the order of the model', () => {
    expect([...sections.keys()]).toEqual(Object.keys(ERROR_CODES));
  });

  it.each(Object.entries(ERROR_CODES))('%s: what it means, an example, what to do', (code, meaning) => {
    const section = sections.get(code)!;
    expect(section).toContain(`\n\n${meaning}\n`);
    expect(section).toMatch(/^- Example: .+\.$/m);
    expect(section).toMatch(/^- What to do: .+\.$/m);
  });
});

it('an error that is printed whole tells each problem once', () => {
  const error = new KeelsonError([{ code: 'cli/usage', where: 'a', message: 'No.', fix: 'Yes.' }]);
  expect(inspect(error).match(/No\./g)).toHaveLength(1);
  expect(error.problems).toHaveLength(1);
});

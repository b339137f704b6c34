import { KeelsonError, type Problem } from '../../../model';

/** The problems that `run` is refused with; a failure of the test where it is not refused, or by something else. */
export function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run();
  } catch (error) {
    return asProblems(error);
  }
  throw new Error('It was not refused.');
}

/** The problems that an asynchronous step is refused with. */
export async function problemsOfAsync(run: () => Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await run();
  } catch (error) {
    return asProblems(error);
  }
  throw new Error('It was not refused.');
}

/** Place and code of the problems, which is what most tests compare. */
export function places(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ code, where }) => `${where} [${code}]`);
}

function asProblems(error: unknown): readonly Problem[] {
  if (error instanceof KeelsonError) return error.problems;
  throw error;
}

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
}

/** Runs a command and keeps what it prints. */
export async function printedBy(command: () => Promise<number>): Promise<Printed> {
  const printed = { out: '', err: '' };
  const into = (part: 'out' | 'err') =>
    ((chunk: string, done?: () => void) => {
      printed[part] += chunk;
      done?.();
      return true;
    }) as typeof process.stdout.write;
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(into('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(into('err')),
    jest.spyOn(console, 'error').mockImplementation((line: string) => void (printed.err += line)),
  ];
  try {
    return { code: await command(), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

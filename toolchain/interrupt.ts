const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal that is aborted when the user interrupts this process. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Stops listening, and lets an interrupt that came end the process as it would have without us. */
  end(): void;
}

/** Listens for an interrupt, so that work can be cleaned up before the process ends. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  let came: NodeJS.Signals | undefined;
  const listen = (signal: NodeJS.Signals) => {
    came = signal;
    controller.abort(new Error(`interrupted by ${signal}`));
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  return {
    signal: controller.signal,
    end: () => {
      for (const signal of SIGNALS) process.removeListener(signal, listen);
      if (came !== undefined) process.kill(process.pid, came);
    },
  };
}

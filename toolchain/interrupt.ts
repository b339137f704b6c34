import { setTimeout as sleep } from 'node:timers/promises';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds that a signal to oneself is given to arrive. */
const DELIVERY = 200;

/** A signal that is aborted when the user interrupts this process. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /**
   * Stops listening, and lets an interrupt that came end the process as it would have without us. Comes back only
   * where no interrupt came, or where somebody else takes care of the interrupt.
   */
  end(): Promise<void>;
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
    end: async () => {
      for (const signal of SIGNALS) process.removeListener(signal, listen);
      if (came === undefined) return;
      process.kill(process.pid, came);
      // A signal that has a listener arrives in a later turn.
      await sleep(DELIVERY);
    },
  };
}

import type { ToolName } from './tool';

/** What is being done for a tool. */
export type ProgressStep = 'download' | 'build' | 'wait' | 'note' | 'done';

/** How far the work on a tool is. Download, build and wait are reported about once a second. */
export interface ProgressEvent {
  readonly tool: ToolName;
  readonly step: ProgressStep;
  /** Which of the tools that have to be made this is, from 1. */
  readonly position: number;
  readonly count: number;
  /** Seconds since this step began. */
  readonly seconds: number;
  /** More about the step: bytes, packages, or what is waited for. Empty where there is nothing to add. */
  readonly message: string;
}

/** Called with every event. Must not throw. */
export type ProgressListener = (event: ProgressEvent) => void;

const WORDS: Record<ProgressStep, string> = {
  download: 'downloading',
  build: 'building',
  wait: 'waiting',
  note: 'note',
  done: 'ready',
};

/** An event as one line: `kube-apiserver: building (2 of 7) · 42 s · about 270 s when cold`. */
export function formatProgress(event: ProgressEvent): string {
  const place = event.step === 'note' ? '' : ` (${event.position} of ${event.count})`;
  const time = event.step === 'note' ? [] : [`${Math.round(event.seconds)} s`];
  const parts = [`${event.tool}: ${WORDS[event.step]}${place}`, ...time, event.message];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Where progress is written: the part of a stream that is needed. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Seconds after which a step that goes on is mentioned again where lines cannot be updated. */
const REMINDER = 60;

/**
 * Shows progress to a person: a line that is updated on a terminal; elsewhere a line per step, and one a minute while
 * a step goes on.
 *
 * @param stream where to write. @default - standard error
 */
export function consoleProgress(stream: ProgressStream = process.stderr): ProgressListener {
  let shown = { key: '', seconds: 0 };
  return (event) => {
    const line = formatProgress(event);
    const ends = event.step === 'note' || event.step === 'done';
    if (stream.isTTY === true) {
      const cut = ends ? line : line.slice(0, Math.max(20, (stream.columns ?? 80) - 1));
      stream.write(`\r\u001b[K${cut}${ends ? '\n' : ''}`);
      return;
    }
    const key = `${event.tool} ${event.step}`;
    if (!ends && key === shown.key && event.seconds < shown.seconds + REMINDER) return;
    shown = { key, seconds: event.seconds };
    stream.write(`${line}\n`);
  };
}

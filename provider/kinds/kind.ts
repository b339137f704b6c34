import type { z } from 'zod';
import type { Connection } from '../connection';
import type { Machine } from '../machine/machine';

/** What a resource keeps, by name. Secrets in it are found again by where they stood in what the program gave. */
export type Properties = Readonly<Record<string, unknown>>;

/** What an operation has besides its properties. */
export interface Context {
  /** The machine of the resource. */
  readonly machine: Machine;
  /** Other machines, by how they are reached. */
  readonly machineAt: (connection: Connection) => Machine;
  /** Shows what is going on, in Pulumi's own display. */
  readonly progress: (text: string) => void;
}

/**
 * A kind of resource. What the program gives is compared with what the resource keeps, name by name, so that a preview shows the names
 * that change; `read` puts what it sees in the place of what was given, so that the next update finds the difference.
 */
export interface Kind<T extends Properties = Properties> {
  /** The form of what the program gives, without its connection. */
  readonly schema: z.ZodType<T>;
  /**
   * Names of what is not as it was left, beyond what the program gives: what `read` found in outputs.
   * @default - none
   */
  readonly drifted?: (kept: Properties) => readonly string[];
  /**
   * A value as it is compared: without what does not matter, for example where a file comes from whose digest is compared.
   * @default - as it is
   */
  readonly compared?: (name: string, value: unknown) => unknown;
  /**
   * Makes it so, whatever there is, and gives the outputs. What was before is there in an update.
   * @throws KeelsonError
   */
  readonly apply: (given: T, context: Context, before?: Properties) => Promise<Properties>;
  /**
   * What is there now, in the form of what is kept.
   * @returns undefined where the machine has nothing of it
   */
  readonly read: (kept: T & Properties, context: Context) => Promise<Properties | undefined>;
  /** Takes it away. */
  readonly remove: (kept: T & Properties, context: Context) => Promise<void>;
  /**
   * Names of outputs: what the resource finds out, and the program does not give.
   * @default - none
   */
  readonly outputs?: readonly string[];
  /**
   * Names of outputs that are secret.
   * @default - none
   */
  readonly secrets?: readonly string[];
}

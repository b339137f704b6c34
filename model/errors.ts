import { oneLine } from './one-line';

/**
 * Errors that keelson raises on purpose. Each names the place, what was received and the fix; all problems of one step
 * are collected and thrown together. `docs/errors.md` explains every code.
 */

/** Every error code, with the one line that `docs/errors.md` starts from. */
export const ERROR_CODES = {
  'cli/usage': 'The command line or an environment setting is not valid.',
  'cli/state': 'The state folder cannot be used.',
  'init/folder': 'The folder of a new project is not empty, or cannot be written.',
  'config/invalid': 'A stack configuration value is missing or not valid.',
  'kubeconfig/invalid': 'The kubeconfig cannot be read or used.',
  'cluster/unreachable': 'The API server does not answer.',
  'construct/invalid': 'A construct was given a value that it cannot accept.',
  'construct/patch': 'A JSON patch of an object does not reach the output.',
  'posture/invalid': 'A posture is less strict than the one it inherits, or no posture.',
  'output/computed': 'A value that only Pulumi will know stands where a construct computes with it.',
  'output/secret': 'A secret value stands where it would be written in plain text.',
  'secret/missing': 'A Secret of the stack has no value for a key it declares.',
  'object/invalid': 'An object has a field, a type or a kind that the Kubernetes API does not have.',
  'policy/violation': 'An object breaks a policy.',
  'waiver/invalid': 'A waiver is expired, unowned, without a reason, or for nothing that there is.',
  'image/unfit': 'An image does not fit the workload that runs it.',
  'image/unreadable': 'An image cannot be read, or is not what its digest says.',
  'image/lock': 'The lock file of images is not valid, or a tag of it has moved.',
  'policy/load': 'A control cannot be loaded.',
  'policy/not-in-force': 'The API server did not start to enforce the admission policies in time.',
  'tool/missing': 'A tool was not found and cannot be made here.',
  'tool/failed': 'Downloading or building a tool failed.',
  'local/port':
    'A port that was asked for is taken, or chosen ones were lost to other processes three times in a row.',
  'local/start': 'A process of the local control plane did not come up.',
  'local/stop': 'A process of the local control plane could not be stopped.',
  'local/rotation': 'A rotation of encryption keys cannot go on.',
  'reach/policy': 'A network policy is none that the API server would take.',
  'reach/duplicate': 'Two objects of one cluster have the same name.',
  'reach/data': 'A file is no reachability data, or not of a version that is known.',
  'access/path': 'Somebody can become an administrator of the cluster, and no baseline says so.',
  'access/baseline': 'A baseline of access is not valid, or names a path that is not there.',
  'check/unreadable': 'A file or folder to check cannot be read.',
  'check/too-large': 'A file to check is larger than what is read.',
  'check/yaml': 'A document to check is no YAML or JSON that kubectl would take.',
  'check/not-an-object': 'A document to check is no Kubernetes object.',
  'check/nothing': 'There is nothing to check.',
  'network-plugin/unfit':
    'The files of a network plugin are not what was pinned, or name images without a digest.',
  'node/unreachable': 'A machine does not answer, or its connection was lost.',
  'node/host-key': 'A machine shows another key than the one that was given for it.',
  'node/login': 'A machine does not let in who provisions it.',
  'node/sudo': 'The user who logs in to a machine may not become root.',
  'node/locked-out': 'New rules of a firewall shut out who loads them.',
  'node/unfit': 'A machine cannot become a node as it is.',
  'node/command': 'A step on a machine failed.',
  'node/disk-full': 'A machine has no room.',
  'node/digest': 'A file or image for a machine is not what its digest says.',
  'node/not-ready': 'Nodes did not become ready in time.',
  'provision/failed': 'Pulumi could not bring the stack to the declared state.',
} as const;

/** The code of an error, for example `tool/missing`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing that is wrong. */
export interface Problem {
  readonly code: ErrorCode;
  /** Construct path, file and line, setting or host:port. */
  readonly where: string;
  /** What is wrong, in one sentence, with the value received where that is not a secret. */
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly fix: string;
}

/** One or more problems that stop the work. */
export class KeelsonError extends Error {
  /** All problems that were found, in a stable order. */
  declare public readonly problems: readonly Problem[];

  public constructor(problems: Problem | readonly Problem[], options?: { readonly cause?: unknown }) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map(formatProblem).join('\n'), options);
    this.name = 'KeelsonError';
    // Not for those who print the error whole: its message says it all.
    Object.defineProperty(this, 'problems', { value: list, enumerable: false });
  }
}

/**
 * A problem for a person: place, what, fix and code. Parts of it may be what an image, a chart or a registry calls itself: it
 * is shown, and does nothing to the terminal.
 */
export function formatProblem({ where, message, fix, code }: Problem): string {
  return `${where}: ${message} ${fix} [${code}]`.split('\n').map(oneLine).join('\n');
}

/** Throws all problems at once; does nothing where there is none. */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new KeelsonError(problems);
}

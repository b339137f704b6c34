/** Every tool that keelson runs. */
export const TOOL_NAMES = [
  'pulumi',
  'pulumi-resource-kubernetes',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'kubectl',
] as const;

/** A tool that keelson runs. */
export type ToolName = (typeof TOOL_NAMES)[number];

/** Where a tool came from, in the order in which the places are tried. */
export type ToolOrigin = 'setting' | 'path' | 'cache' | 'release' | 'build';

/** A tool that is there and can be run. */
export interface ResolvedTool {
  readonly name: ToolName;
  /** Absolute path of the executable. */
  readonly path: string;
  /** The version it reports, without a leading `v`; `unknown` where it cannot be asked. */
  readonly version: string;
  readonly origin: ToolOrigin;
  /** Where exactly it came from, and why earlier places were passed over. */
  readonly detail: string;
}

/** Where a tool would come from. Nothing is downloaded or built to find out. */
export interface LocatedTool {
  readonly name: ToolName;
  /** The version that keelson pins, without a leading `v`. */
  readonly pinned: string;
  /** `missing` where it is neither here nor can be made here. */
  readonly origin: ToolOrigin | 'missing';
  /** True where it can be run now; false where it would have to be downloaded or built first. */
  readonly ready: boolean;
  /** Absolute path; only where it is ready. */
  readonly path?: string;
  /** The version it reports, or would have. */
  readonly version?: string;
  readonly detail: string;
  /** Why earlier places were passed over, one sentence each. */
  readonly passedOver: readonly string[];
}

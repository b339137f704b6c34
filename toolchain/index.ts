export { formatTools, locateTools } from './locate';
export { settingOf } from './pins';
export { consoleProgress, formatProgress } from './progress';
export type { ProgressEvent, ProgressListener, ProgressStep, ProgressStream } from './progress';
export { resolveTools } from './resolve';
export type { ResolveOptions } from './resolve';
export { searchPath } from './search-path';
export { TOOL_NAMES } from './tool';
export type { LocatedTool, ResolvedTool, ToolName, ToolOrigin } from './tool';

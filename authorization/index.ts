export * from './authorizer';
export * from './built-in';
export * from './holder';
export type { ResourceRequest } from './match';
export * from './paths';
export * from './rbac';
export * from './technique';
export * from './techniques';
export * from './world';

export type { Connection } from './connection';
export * from './resources';

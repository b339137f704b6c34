export type { Connection } from './connection';
export { TOKEN_PLACEHOLDER } from './token';
export * from './resources';

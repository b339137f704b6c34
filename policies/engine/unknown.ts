export const UNKNOWN = Symbol('unknown');

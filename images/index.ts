export * from './add-image';
export * from './cache';
export * from './local-image';
export * from './lock-file';
export * from './read-image';
export * from './registry/registry';
export * from './source';

export * from './encryption-check';
export * from './encryption-configuration';
export * from './encryption-key';
export * from './encryption-part';
export * from './key-rotation';

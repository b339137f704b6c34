export * from './console';
export * from './traceability';

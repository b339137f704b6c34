export * from './cluster';
export * from './evaluate';
export * from './network-object';
export * from './query';
export * from './reachability';

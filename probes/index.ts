export * from './checks';
export * from './client/api-client';
export * from './client/etcd';
export * from './client/kubeconfig';
export * from './client/rewrite';
export * from './client/sockets';
export * from './policies-in-force';
export * from './probe';

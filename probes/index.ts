export * from './checks';
export * from './client/api-client';
export * from './client/kubeconfig';
export * from './policies-in-force';
export * from './probe';

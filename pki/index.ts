export * from './certificate-request';
export * from './files';
export * from './generate';
export * from './issue';
export * from './judge-serving-request';
export * from './key-pair';
export * from './kubeconfig';
export * from './store';

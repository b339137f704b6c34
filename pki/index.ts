export * from './files';
export * from './generate';
export * from './issue';
export * from './key-pair';
export * from './kubeconfig';
export * from './store';

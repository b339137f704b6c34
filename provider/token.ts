/** Stands in kubeadm's documents where the token of a join belongs. */
export const TOKEN_PLACEHOLDER = '<join-token>';

/** Facts of Kubernetes itself that constructs and controls share. */

/** The namespaces that every API server makes itself, and that cannot be removed. */
export const BUILT_IN_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/**
 * The capabilities that Pod Security's baseline level lets containers add: what container runtimes give by themselves, without
 * NET_RAW.
 */
export const BASELINE_CAPABILITIES: readonly string[] = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

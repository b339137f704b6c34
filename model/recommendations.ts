/**
 * The recommendations of the NSA/CISA Kubernetes Hardening Guidance, as data. The id joins the construct that applies a
 * recommendation, the policy that checks it, the probe that proves it and its row in the report.
 */

/** A recommendation of the guidance. */
export interface Recommendation {
  /** Short stable name, for example `POD-1`. */
  readonly id: RecommendationId;
  /** The section of the guidance it belongs to. */
  readonly section: string;
  /** What the guidance asks for. */
  readonly title: string;
  /** What would have to be seen on a live cluster to call it proved. */
  readonly proof: string;
}

const ROWS = [
  [
    'POD-1',
    'Pod security',
    'Run application containers as a non-root user',
    'A pod that would run as uid 0 is refused; a running one reports a non-zero uid',
  ],
  [
    'POD-2',
    'Pod security',
    'Run containers with immutable (read-only root) file systems',
    'A write outside a declared volume fails with EROFS',
  ],
  [
    'POD-3',
    'Pod security',
    'Scan container images for vulnerabilities and misconfiguration',
    'An image with no fresh scan, or with an open finding over the threshold, fails synth and is refused at admission',
  ],
  [
    'POD-4',
    'Pod security',
    'Prevent privileged containers',
    'Refused for containers, init containers and ephemeral containers, through every workload kind',
  ],
  [
    'POD-5',
    'Pod security',
    'Deny hostPID, hostIPC, hostNetwork, hostPath, host ports',
    'Each refused at synth, at preview and at admission',
  ],
  [
    'POD-6',
    'Pod security',
    'Deny execution as root and escalation to root',
    'allowPrivilegeEscalation true or unset, setuid path and added capabilities refused',
  ],
  [
    'POD-7',
    'Pod security',
    'Use SELinux, AppArmor and seccomp',
    'seccomp RuntimeDefault or Localhost on every container; AppArmor and SELinux options set where the node has them, refused where weakened',
  ],
  [
    'NET-1',
    'Network isolation',
    'Firewalls lock down access to control plane nodes',
    'From a host outside the allow-lists every control plane port is closed, 6443 included',
  ],
  [
    'NET-2',
    'Network isolation',
    'RBAC locks down access to control plane nodes',
    'No workload is scheduled there; nodes/proxy, exec into kube-system and static pod paths are out of reach of every persona but break-glass',
  ],
  [
    'NET-3',
    'Network isolation',
    'Further restrict access to etcd',
    "Plain text and a client without a certificate are refused; only the API server's identity reads; data dir 0700",
  ],
  [
    'NET-4',
    'Network isolation',
    'Control plane components authenticate and encrypt with TLS certificates',
    'Every port negotiates at least the configured floor, or is declared plain and then answers on loopback only (health and metrics ports such as 10248, 10249, 10256, 2381); weak suites refused, peer identity checked in both directions, kubelet serving certificate verified',
  ],
  [
    'NET-5',
    'Network isolation',
    'Network policies isolate resources between namespaces',
    'Default deny in both directions; only declared connections pass, measured pod to pod',
  ],
  [
    'NET-6',
    'Network isolation',
    'Credentials live in Secrets, never in configuration files',
    'A credential-shaped value in a ConfigMap, environment or argument fails synth; none is in YAML, state or logs',
  ],
  [
    'NET-7',
    'Network isolation',
    'Secrets are encrypted at rest with strong encryption',
    'The raw etcd value is ciphertext; after a key rotation no value is readable with the old key alone',
  ],
  [
    'AUTH-1',
    'Authentication and authorization',
    'Disable anonymous login',
    'Anonymous gets 401 everywhere but the three health paths; no binding names system:anonymous or system:unauthenticated',
  ],
  [
    'AUTH-2',
    'Authentication and authorization',
    'Use strong user authentication',
    'Structured OIDC authentication or short-lived client certificates; no static token or basic auth; a forged, expired or wrong-audience token gets 401',
  ],
  [
    'AUTH-3',
    'Authentication and authorization',
    'RBAC restricts administrator, user and service account activity',
    'Personas tried verb by verb; no path from a lesser persona to cluster-admin',
  ],
  [
    'AUD-1',
    'Log audit',
    'Enable audit logging',
    'Reading a Secret, exec into a pod and an RBAC change each leave their event, with no secret value in the log',
  ],
  [
    'AUD-2',
    'Log audit',
    'Persist logs across node, pod and container failure',
    'Process kill of pod, shipper and backend: no event is lost; power loss of a node: the window is measured and stated',
  ],
  [
    'AUD-3',
    'Log audit',
    'Configure a metrics logger',
    'Control plane and workload metrics are scraped, authenticated, and alert rules load',
  ],
  [
    'UPG-1',
    'Upgrade and practice',
    'Apply security patches and updates immediately',
    'A version past its end of life fails synth; a patch upgrade rolls through with no failed request',
  ],
  [
    'UPG-2',
    'Upgrade and practice',
    'Scan regularly for vulnerabilities and run penetration tests',
    'Scheduled scans and attack probes run in the cluster and their results are kept',
  ],
  [
    'UPG-3',
    'Upgrade and practice',
    'Remove components that are no longer needed',
    'What no stack declares is listed and, on request, pruned; finished jobs expire; unused accounts and bindings are named',
  ],
  [
    'ARCH-1',
    'Architecture',
    'Every component and port of the overview is modelled: API server 6443 (8080 off), etcd 2379-2380, scheduler 10259 (10251 off), controller manager 10257 (10252 off), cloud controller manager 10258, kubelet 10250 (10255 off), kube-proxy 10249/10256',
    'The listening ports of every node equal the declared ones',
  ],
  [
    'ARCH-2',
    'Architecture',
    'Provider-managed and self-managed clusters differ in what the owner must do',
    'For each control the report says enforced, inherited from the provider, or unavailable; never silent',
  ],
] as const;

/** The id of a recommendation, for example `POD-1` or `NET-7`. */
export type RecommendationId = (typeof ROWS)[number][0];

/** Every recommendation, in the order of the guidance. */
export const RECOMMENDATIONS: readonly Recommendation[] = ROWS.map(([id, section, title, proof]) => ({
  id,
  section,
  title,
  proof,
}));

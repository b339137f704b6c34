import { ANONYMOUS_PATHS } from '../access/authentication';

/** How much of a request is logged. Source: `audit.k8s.io/v1`. */
export type AuditLevel = 'None' | 'Metadata' | 'Request' | 'RequestResponse';

/** A rule of the audit policy; the first that matches a request decides. Source: `audit.k8s.io/v1`. */
export interface AuditRule {
  readonly level: AuditLevel;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly { readonly group: string; readonly resources?: readonly string[] }[];
  readonly nonResourceURLs?: readonly string[];
}

const READS = ['get', 'list', 'watch'];
const CHANGES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * The rules, in their order:
 *
 * 1. Health checks are not logged.
 * 2. What carries secret values (Secrets, ConfigMaps, tokens) is logged without its body, whoever asks. This stands
 *    before every rule that logs bodies and before every rule that is silent.
 * 3. The control plane's own reads and the watches of nodes are not logged: they are the bulk of all requests.
 * 4. What opens a way into a pod or a node, and what changes who may do what, is logged with request and response.
 * 5. All else is logged without its body.
 */
export const AUDIT_RULES: readonly AuditRule[] = [
  { level: 'None', nonResourceURLs: ANONYMOUS_PATHS.map((path) => `${path}*`) },
  {
    level: 'Metadata',
    resources: [
      { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
      { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
    ],
  },
  {
    level: 'None',
    users: [
      'system:apiserver',
      'system:kube-controller-manager',
      'system:kube-scheduler',
      'system:kube-proxy',
    ],
    verbs: READS,
  },
  { level: 'None', userGroups: ['system:nodes'], verbs: ['watch'] },
  {
    level: 'RequestResponse',
    resources: [
      {
        group: '',
        resources: [
          'pods/exec',
          'pods/attach',
          'pods/portforward',
          'pods/proxy',
          'services/proxy',
          'nodes/proxy',
        ],
      },
    ],
  },
  // What was asked for, and not the whole pod that the answer repeats: its environment may hold what should not be there.
  { level: 'Request', resources: [{ group: '', resources: ['pods/ephemeralcontainers'] }] },
  {
    level: 'RequestResponse',
    verbs: CHANGES,
    resources: [
      { group: '', resources: ['namespaces', 'serviceaccounts'] },
      { group: 'rbac.authorization.k8s.io' },
      { group: 'admissionregistration.k8s.io' },
      { group: 'apiregistration.k8s.io' },
      { group: 'certificates.k8s.io' },
      { group: 'networking.k8s.io', resources: ['networkpolicies'] },
    ],
  },
  { level: 'Metadata' },
];

/** The API server's audit policy. Source: AUD-1, CIS 3.2.1 and 3.2.2. */
export function auditPolicy(): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    // One event a request: the stage before it is handled says nothing that the last one does not.
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: AUDIT_RULES,
  };
}

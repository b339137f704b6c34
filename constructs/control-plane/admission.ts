import { TARGET_KUBERNETES, type Problem } from '../../model';
import type { ApiServerPart } from './api-server-part';
import type { ControlPlaneLayout } from './layout';
import { setting } from './setting';

/**
 * Admission plugins that are enabled besides the ones Kubernetes enables itself (among them PodSecurity, ServiceAccount,
 * NamespaceLifecycle, CertificateSubjectRestriction and ValidatingAdmissionPolicy):
 *
 * - `NodeRestriction`: a kubelet changes only its own node and the pods bound to it (CIS 1.2.14).
 * - `EventRateLimit`: a flood of events cannot fill etcd (CIS 1.2.9).
 * - `DenyServiceExternalIPs`: nobody takes over an address by naming it in a Service (CIS 1.2.3, CVE-2020-8554).
 *
 * `AlwaysPullImages` (CIS 1.2.11) is left out: since 1.35 the kubelet itself verifies that a pod holds credentials for
 * an image that is already on the node, and the plugin would stop every restart while a registry is away.
 */
export const ADMISSION_PLUGINS = ['NodeRestriction', 'EventRateLimit', 'DenyServiceExternalIPs'] as const;

/** Plugins that cannot be added: each one decides for all requests. Source: CIS 1.2.10. */
export const REFUSED_ADMISSION_PLUGINS: readonly string[] = ['AlwaysAdmit', 'AlwaysDeny'];

/**
 * Pod Security Admission for namespaces without labels: `restricted` for enforce, audit and warn, pinned to the release
 * so that an upgrade does not change what is admitted unseen.
 *
 * There are no exemptions, `kube-system` included: an exemption is silent, while a label on the namespace can be read,
 * audited and reviewed. A cluster whose network add-ons need more labels their namespace. Source: POD-1, POD-4 to POD-7.
 */
function podSecurity(): Readonly<Record<string, unknown>> {
  const level = 'restricted';
  const version = `v${TARGET_KUBERNETES}`;
  return {
    apiVersion: 'pod-security.admission.config.k8s.io/v1',
    kind: 'PodSecurityConfiguration',
    defaults: {
      enforce: level,
      'enforce-version': version,
      audit: level,
      'audit-version': version,
      warn: level,
      'warn-version': version,
    },
    exemptions: { usernames: [], runtimeClasses: [], namespaces: [] },
  };
}

/** How many events a second are stored: one namespace cannot use up what all of them share. */
function eventRateLimit(): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
    kind: 'Configuration',
    limits: [
      { type: 'Server', qps: 200, burst: 500 },
      { type: 'Namespace', qps: 50, burst: 100, cacheSize: 2000 },
    ],
  };
}

/** The API server's AdmissionConfiguration. */
export function admissionConfiguration(): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [
      { name: 'PodSecurity', configuration: podSecurity() },
      { name: 'EventRateLimit', configuration: eventRateLimit() },
    ],
  };
}

/** What may be added to admission. */
export interface AdmissionProps {
  /**
   * Admission plugins besides the ones that are always on.
   * @default - none
   */
  readonly plugins?: readonly string[];
}

/** The flags and files of admission. Source: AUTH-3, POD-4, CIS 1.2.3, 1.2.9, 1.2.10 and 1.2.14. */
export function admissionPart(layout: ControlPlaneLayout, props: AdmissionProps = {}): ApiServerPart {
  const { plugins: more = [] } = props;
  const plugins = [...new Set<string>([...ADMISSION_PLUGINS, ...more])];
  const file = `${layout.configuration}/admission.yaml`;
  return {
    settings: [
      setting('enable-admission-plugins', plugins.join(','), 'AUTH-3', '1.2.3', '1.2.9', '1.2.10', '1.2.14'),
      setting('admission-control-config-file', file, 'POD-4'),
    ],
    files: [{ path: file, content: admissionConfiguration(), recommendation: 'POD-4' }],
    problems: pluginProblems(more),
  };
}

function pluginProblems(plugins: readonly string[]): readonly Problem[] {
  return plugins
    .filter((plugin) => REFUSED_ADMISSION_PLUGINS.includes(plugin))
    .map((plugin) => ({
      code: 'construct/invalid',
      where: 'kube-apiserver, admission.plugins',
      message: `'${plugin}' decides for every request.`,
      fix: 'Leave it out.',
    }));
}

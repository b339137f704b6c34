/** What docs/comparison.md says of keelson, computed from what a cluster renders: the page cannot say anything else. */
import type { NodeFile } from '../../../constructs/node';
import { CLUSTER_SIGNING_DURATION, CRYPTOGRAPHY } from '../../../constructs/control-plane';
import { judgeReleases } from '../../../policies/release-supported';
import { cluster } from './sample';

const prod = cluster();
const [first] = prod.machines;
const { apiServer, controllerManager, scheduler, etcd } = prod.controlPlane(first!);
const node = prod.nodeOf('control-plane');
const kubelet = node.kubelet!.document as Record<string, unknown>;
const files = prod.machineFiles(first!).filter((entry) => entry.kind === 'file') as NodeFile[];
const content = (end: string) =>
  files.find(({ path }) => path.endsWith(end))!.content as unknown as Record<string, unknown>;
const pki = prod.pki(first!);

const flag = (component: { settings: readonly { name: string; value: string }[] }, name: string): string =>
  component.settings
    .filter((setting) => setting.name === name)
    .map(({ value }) => value)
    .join(', ') || 'not set';
const yesNo = (value: unknown): string => (value === true ? 'yes' : value === false ? 'no' : String(value));
const plugin = (name: string) =>
  (content('/admission.yaml')['plugins'] as { name: string; configuration: Record<string, unknown> }[]).find(
    (one) => one.name === name,
  )!.configuration;
const rules = content('/audit-policy.yaml')['rules'] as {
  level: string;
  resources?: { resources?: string[] }[];
}[];
const auditOf = (resource: string): string =>
  rules.find((rule) => rule.resources?.some(({ resources }) => resources?.includes(resource)))!.level;
const security = (name: string) =>
  (
    content(`/${name}+strategic.yaml`)['spec'] as {
      containers: { securityContext: Record<string, unknown> }[];
    }
  ).containers[0]!.securityContext;
const mode = (path: string): string =>
  [...node.entries, ...prod.machineFiles(first!)]
    .find((entry) => entry.path === path)!
    .mode.toString(8)
    .padStart(4, '0');

/** The first column of the page, and what stands in the second. */
export const OURS: Readonly<Record<string, string>> = {
  'API server: TLS floor': flag(apiServer, 'tls-min-version'),
  'Controller manager and scheduler: TLS floor': [
    ...new Set([controllerManager, scheduler].map((one) => flag(one, 'tls-min-version'))),
  ].join(),
  'etcd: TLS floor': flag(etcd, 'tls-min-version'),
  'Kubelet: TLS floor': String(kubelet['tlsMinVersion']),
  'Anonymous requests': (
    content('/authentication.yaml')['anonymous'] as { conditions: { path: string }[] }
  ).conditions
    .map(({ path }) => path)
    .join(', '),
  Authorization: flag(apiServer, 'authorization-mode'),
  'Admission plugins added': flag(apiServer, 'enable-admission-plugins'),
  'Pod Security, enforced': String((plugin('PodSecurity')['defaults'] as { enforce: string }).enforce),
  'Pod Security, exempt namespaces':
    (plugin('PodSecurity')['exemptions'] as { namespaces: string[] }).namespaces.join(', ') || 'none',
  'Limits of events': (plugin('EventRateLimit')['limits'] as { type: string }[])
    .map(({ type }) => type)
    .join(', '),
  'Encryption at rest, first provider': Object.keys(
    (content('/encryption.yaml')['resources'] as { providers: object[] }[])[0]!.providers[0]!,
  ).join(),
  'Encryption at rest, resources': (
    content('/encryption.yaml')['resources'] as { resources: string[] }[]
  )[0]!.resources.join(', '),
  'Audit of Secrets': auditOf('secrets'),
  'Audit of exec': auditOf('pods/exec'),
  'Audit log: days, files, megabytes': ['maxage', 'maxbackup', 'maxsize']
    .map((name) => flag(apiServer, `audit-log-${name}`))
    .join(', '),
  'Longest token of a service account': flag(apiServer, 'service-account-max-token-expiration'),
  'Tokens are extended': flag(apiServer, 'service-account-extend-token-expiration'),
  'Certificate of kubelets verified':
    flag(apiServer, 'kubelet-certificate-authority') === 'not set' ? 'no' : 'yes',
  'Serving certificates of kubelets asked for': yesNo(kubelet['serverTLSBootstrap']),
  'Profiling of control plane': [
    ...new Set([apiServer, controllerManager, scheduler].map((one) => flag(one, 'profiling'))),
  ].join(),
  'Controller manager and scheduler bind to': [
    ...new Set([controllerManager, scheduler].map((one) => flag(one, 'bind-address'))),
  ].join(),
  'Controllers have rights of their own': flag(controllerManager, 'use-service-account-credentials'),
  'Certificates signed through the API last': CLUSTER_SIGNING_DURATION,
  'Certificates of components last, days': [
    ...new Set(pki.leaves.map(({ lifetimeDays }) => lifetimeDays)),
  ].join(),
  'Authorities last, days': [...new Set(pki.authorities.map(({ lifetimeDays }) => lifetimeDays))].join(),
  'Keys of components': pki.curve,
  Authorities: String(pki.authorities.length),
  'etcd: clients need a certificate': flag(etcd, 'client-cert-auth'),
  'etcd: clients by name': flag(etcd, 'client-cert-allowed-hostname'),
  'etcd: peers by name': flag(etcd, 'peer-cert-allowed-hostname'),
  'etcd: plain port': flag(etcd, 'listen-metrics-urls'),
  'etcd: folder of its data': mode('/var/lib/etcd'),
  'Static pods: root file system read-only': yesNo(security('kube-apiserver')['readOnlyRootFilesystem']),
  'Static pods: capabilities of the scheduler': JSON.stringify(security('kube-scheduler')['capabilities']),
  'Kubelet: anonymous': yesNo(
    (kubelet['authentication'] as { anonymous: { enabled: boolean } }).anonymous.enabled,
  ),
  'Kubelet: authorization': String((kubelet['authorization'] as { mode: string }).mode),
  'Kubelet: read-only port': String(kubelet['readOnlyPort']),
  'Kubelet: protectKernelDefaults': yesNo(kubelet['protectKernelDefaults']),
  'Kubelet: seccompDefault': yesNo(kubelet['seccompDefault']),
  'Kubelet: podPidsLimit': String(kubelet['podPidsLimit']),
  'Kubelet: streaming timeout': String(kubelet['streamingConnectionIdleTimeout']),
  'Kubelet: client certificate rotates': yesNo(kubelet['rotateCertificates']),
  'Kubelet: images on the node need credentials': String(kubelet['imagePullCredentialsVerificationPolicy']),
  'Firewall of the node':
    /hook input .* policy drop/.test(node.firewall.ruleset) &&
    /hook output .* policy drop/.test(node.firewall.ruleset)
      ? 'in and out, closed by default'
      : 'none',
  'API server: suites': flag(apiServer, 'tls-cipher-suites'),
  'Static tokens': flag(apiServer, 'token-auth-file'),
  'Issuer of service account tokens': flag(apiServer, 'service-account-issuer'),
  'Key of the etcd authority on control planes': yesNo(
    files.some(({ path }) => path.endsWith('/etcd/ca.key')),
  ),
  'Static pods: privilege escalation': yesNo(security('kube-apiserver')['allowPrivilegeEscalation']),
  'Kubelet: events a second': String(kubelet['eventRecordQPS']),
  'Kernel: kernel.kptr_restrict':
    /^kernel\.kptr_restrict *= *(\d)/m.exec(node.kernel.sysctlFile())?.[1] ?? 'not set',
  'Modules that may not be loaded': yesNo(/^install \S+ /m.test(node.kernel.modprobeFile())),
  'FIPS as a profile': yesNo(Object.hasOwn(CRYPTOGRAPHY, 'fips')),
  'A release past its end fails': yesNo(
    judgeReleases([{ minor: '1.33', source: 'a' }], new Date('2026-11-26')).findings.length === 1,
  ),
};

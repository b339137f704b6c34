import { throwIfAny, type Problem } from '../../model';
import { ADMISSION_PLUGINS, REFUSED_ADMISSION_PLUGINS, admissionConfiguration } from './admission';
import { auditPolicy } from './audit-policy';
import { authenticationConfiguration } from './authentication';
import { FRONT_PROXY_CLIENT_NAME } from './certificates';
import type { Component, ConfigurationFile, Listener } from './component';
import { encryptionConfiguration, encryptionProblems, type EncryptionKey } from './encryption';
import {
  DEFAULT_SERVICE_RANGE,
  auditLogFile,
  certificateFile,
  keyFile,
  publicKeyFile,
  type ControlPlaneLayout,
} from './layout';
import { setting, type Setting } from './setting';
import { tlsSettings } from './tls';

/** Properties of {@link ApiServer}. */
export interface ApiServerProps {
  /** Where its files are, and where it listens. */
  readonly layout: ControlPlaneLayout;
  /** Keys for encryption at rest: the first encrypts, the others only read. */
  readonly encryptionKeys: readonly EncryptionKey[];
  /**
   * Resources to encrypt besides Secrets and ConfigMaps, for example `widgets.example.com`.
   * @default - none
   */
  readonly encryptedResources?: readonly string[];
  /**
   * Admission plugins besides the ones that are always on.
   * @default - none
   */
  readonly admissionPlugins?: readonly string[];
  /**
   * Addresses of Services, as an IPv4 CIDR that ends in `.0`.
   * @default '10.96.0.0/16'
   */
  readonly serviceRange?: string;
  /**
   * Who keeps the endpoints of the `kubernetes` Service: `lease` for servers that pods can reach, `none` where the
   * server listens on loopback, which is no valid endpoint.
   * @default 'lease'
   */
  readonly endpointReconciler?: 'lease' | 'none';
}

/** The API server with its hardened settings; none of them has a setter. Source: the item beside each. */
export class ApiServer implements Component {
  public readonly name = 'kube-apiserver';
  public readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  public readonly files: readonly ConfigurationFile[];
  /** Where it listens, and for what. */
  public readonly listeners: readonly Listener[];

  /** @throws KeelsonError `construct/invalid` with everything that is wrong with the properties */
  public constructor(props: ApiServerProps) {
    throwIfAny([
      ...encryptionProblems(props.encryptionKeys),
      ...pluginProblems(props.admissionPlugins ?? []),
      ...rangeProblems(props.serviceRange ?? DEFAULT_SERVICE_RANGE),
    ]);
    const { layout } = props;
    this.settings = [
      ...serving(props),
      ...etcdClient(layout),
      ...authentication(layout),
      ...authorization(),
      ...admission(props),
      ...encryption(layout),
      ...audit(layout),
      ...kubelets(layout),
    ];
    const folder = layout.configuration;
    this.files = [
      {
        path: `${folder}/authentication.yaml`,
        content: authenticationConfiguration(),
        recommendation: 'AUTH-1',
        cis: ['1.2.1'],
      },
      { path: `${folder}/admission.yaml`, content: admissionConfiguration(), recommendation: 'POD-4' },
      {
        path: `${folder}/encryption.yaml`,
        content: encryptionConfiguration(props.encryptionKeys, props.encryptedResources),
        recommendation: 'NET-7',
        cis: ['1.2.28'],
      },
      {
        path: `${folder}/audit-policy.yaml`,
        content: auditPolicy(),
        recommendation: 'AUD-1',
        cis: ['3.2.1', '3.2.2'],
      },
    ];
    this.listeners = [{ purpose: 'API', host: layout.host, port: layout.ports.apiServer }];
  }
}

function pluginProblems(plugins: readonly string[]): readonly Problem[] {
  return plugins
    .filter((plugin) => REFUSED_ADMISSION_PLUGINS.includes(plugin))
    .map((plugin) => ({
      code: 'construct/invalid',
      where: 'kube-apiserver, admissionPlugins',
      message: `'${plugin}' decides for every request.`,
      fix: 'Leave it out.',
    }));
}

function rangeProblems(range: string): readonly Problem[] {
  if (/^(\d{1,3}\.){3}0\/\d{1,2}$/.test(range)) return [];
  return [
    {
      code: 'construct/invalid',
      where: 'kube-apiserver, serviceRange',
      message: `'${range}' is not an IPv4 range that ends in .0.`,
      fix: `Give a range like ${DEFAULT_SERVICE_RANGE}.`,
    },
  ];
}

function serving({ layout, serviceRange, endpointReconciler }: ApiServerProps): readonly Setting[] {
  return [
    setting('bind-address', layout.host, 'NET-1'),
    setting('advertise-address', layout.host),
    setting('secure-port', layout.ports.apiServer, 'ARCH-1'),
    setting('endpoint-reconciler-type', endpointReconciler ?? 'lease'),
    setting('service-cluster-ip-range', serviceRange ?? DEFAULT_SERVICE_RANGE),
    setting('tls-cert-file', certificateFile(layout, 'apiserver'), 'NET-4', '1.2.24'),
    setting('tls-private-key-file', keyFile(layout, 'apiserver'), 'NET-4', '1.2.24'),
    ...tlsSettings('1.2.29'),
    setting('profiling', false, 'UPG-3', '1.2.15'),
    setting('request-timeout', '60s', undefined, '1.2.20'),
    // Not a licence: this switch acts before admission and for everybody. With it off, nobody could run kube-proxy or a
    // network add-on, and a refusal would come from it and not from Pod Security, which says why and can be waived.
    setting('allow-privileged', true),
  ];
}

function etcdClient(layout: ControlPlaneLayout): readonly Setting[] {
  return [
    setting('etcd-servers', `https://${layout.host}:${layout.ports.etcdClient}`, 'NET-4'),
    setting('etcd-cafile', certificateFile(layout, 'etcd/ca'), 'NET-4', '1.2.26'),
    setting('etcd-certfile', certificateFile(layout, 'apiserver-etcd-client'), 'NET-3', '1.2.23'),
    setting('etcd-keyfile', keyFile(layout, 'apiserver-etcd-client'), 'NET-3', '1.2.23'),
  ];
}

function authentication(layout: ControlPlaneLayout): readonly Setting[] {
  return [
    setting('authentication-config', `${layout.configuration}/authentication.yaml`, 'AUTH-1', '1.2.1'),
    setting('client-ca-file', certificateFile(layout, 'ca'), 'AUTH-2', '1.2.25'),
    setting('service-account-issuer', 'https://kubernetes.default.svc.cluster.local', 'AUTH-2'),
    setting('service-account-key-file', publicKeyFile(layout, 'sa'), 'AUTH-2', '1.2.22'),
    setting('service-account-signing-key-file', keyFile(layout, 'sa'), 'AUTH-2'),
    setting('service-account-lookup', true, 'AUTH-2', '1.2.21'),
    setting('service-account-extend-token-expiration', false, 'AUTH-2', '1.2.30'),
    setting('service-account-max-token-expiration', '24h', 'AUTH-2'),
    setting('requestheader-client-ca-file', certificateFile(layout, 'front-proxy-ca'), 'NET-4'),
    // Without names, every certificate of that CA could act as any user.
    setting('requestheader-allowed-names', FRONT_PROXY_CLIENT_NAME, 'AUTH-2'),
    setting('requestheader-username-headers', 'X-Remote-User'),
    setting('requestheader-group-headers', 'X-Remote-Group'),
    setting('requestheader-extra-headers-prefix', 'X-Remote-Extra-'),
    setting('proxy-client-cert-file', certificateFile(layout, 'front-proxy-client'), 'NET-4'),
    setting('proxy-client-key-file', keyFile(layout, 'front-proxy-client'), 'NET-4'),
  ];
}

/**
 * As a flag rather than a structured AuthorizationConfiguration: the two say the same, and benchmarks read the flag.
 */
function authorization(): readonly Setting[] {
  return [setting('authorization-mode', 'Node,RBAC', 'AUTH-3', '1.2.6', '1.2.7', '1.2.8')];
}

function admission({ layout, admissionPlugins = [] }: ApiServerProps): readonly Setting[] {
  const plugins = [...new Set<string>([...ADMISSION_PLUGINS, ...admissionPlugins])];
  return [
    setting('enable-admission-plugins', plugins.join(','), 'AUTH-3', '1.2.3', '1.2.9', '1.2.10', '1.2.14'),
    setting('admission-control-config-file', `${layout.configuration}/admission.yaml`, 'POD-4'),
  ];
}

function encryption(layout: ControlPlaneLayout): readonly Setting[] {
  return [
    setting('encryption-provider-config', `${layout.configuration}/encryption.yaml`, 'NET-7', '1.2.27'),
    // A rotation needs no restart.
    setting('encryption-provider-config-automatic-reload', true, 'NET-7'),
  ];
}

function audit(layout: ControlPlaneLayout): readonly Setting[] {
  return [
    setting('audit-policy-file', `${layout.configuration}/audit-policy.yaml`, 'AUD-1', '3.2.1'),
    setting('audit-log-path', auditLogFile(layout), 'AUD-1', '1.2.16'),
    setting('audit-log-format', 'json', 'AUD-1'),
    // A response leaves the server only after its event is written.
    setting('audit-log-mode', 'blocking', 'AUD-2'),
    setting('audit-log-maxage', 30, 'AUD-2', '1.2.17'),
    setting('audit-log-maxbackup', 10, 'AUD-2', '1.2.18'),
    setting('audit-log-maxsize', 100, 'AUD-2', '1.2.19'),
  ];
}

function kubelets(layout: ControlPlaneLayout): readonly Setting[] {
  return [
    setting('kubelet-certificate-authority', certificateFile(layout, 'ca'), 'NET-4', '1.2.5'),
    setting(
      'kubelet-client-certificate',
      certificateFile(layout, 'apiserver-kubelet-client'),
      'NET-4',
      '1.2.4',
    ),
    setting('kubelet-client-key', keyFile(layout, 'apiserver-kubelet-client'), 'NET-4', '1.2.4'),
  ];
}

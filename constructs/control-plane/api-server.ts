import { Cidr, throwIfAny, type Problem } from '../../model';
import { authenticationPart, type AuthenticationProps } from '../access/authentication';
import { authorizationPart, type AuthorizationProps } from '../access/authorization';
import { auditPart, type AuditProps } from '../audit/audit-part';
import { encryptionPart, type EncryptionProps } from '../secrets/encryption';
import { admissionPart, type AdmissionProps } from './admission';
import type { Component, ConfigurationFile, Listener } from './component';
import { CRYPTOGRAPHY, type CryptographyName } from './cryptography';
import {
  DEFAULT_SERVICE_RANGE,
  certificateFile,
  keyFile,
  localAddress,
  urlHost,
  type ControlPlaneLayout,
} from './layout';
import { setting, type Setting } from './setting';
import { tlsSettings } from './tls';

/** Properties of {@link ApiServer}. */
export interface ApiServerProps {
  /** Where its files are, and where it listens. */
  readonly layout: ControlPlaneLayout;
  /** What is encrypted in etcd, and with what. */
  readonly encryption: EncryptionProps;
  /**
   * Who may log in besides the holders of certificates.
   * @default - service accounts alone
   */
  readonly authentication?: AuthenticationProps;
  /**
   * Who is asked besides Node and RBAC.
   * @default - nobody
   */
  readonly authorization?: AuthorizationProps;
  /**
   * What is logged besides, how long it is kept, and who is sent it.
   * @default - what the guidance and the benchmark ask for, on the machine
   */
  readonly audit?: AuditProps;
  /**
   * What is added to admission.
   * @default - nothing
   */
  readonly admission?: AdmissionProps;
  /**
   * Which algorithms are used.
   * @default 'modern'
   */
  readonly cryptography?: CryptographyName;
  /**
   * Ranges of Service addresses: one, or one for each family with a comma between.
   * @default '10.96.0.0/16'
   */
  readonly serviceRange?: string;
  /**
   * URLs of etcd, where it does not run beside the API server.
   * @default - the etcd of this machine
   */
  readonly etcdEndpoints?: readonly string[];
  /**
   * Who keeps the endpoints of the `kubernetes` Service: `lease` for servers that pods can reach, `none` where the
   * server listens on loopback, which is no valid endpoint.
   * @default 'lease'
   */
  readonly endpointReconciler?: 'lease' | 'none';
}

/**
 * The API server with its hardened settings; none of them has a setter. Each area brings its own part: who asks (`access/`),
 * what is stored how (`secrets/`), what is logged (`audit/`), what is admitted. Source: the item beside each.
 */
export class ApiServer implements Component {
  public readonly name = 'kube-apiserver';
  public readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  public readonly files: readonly ConfigurationFile[];
  /** Where it listens, and for what. */
  public readonly listeners: readonly Listener[];
  /** Variables of its environment: what no flag can say. */
  public readonly environment: Readonly<Record<string, string>>;

  /** @throws KeelsonError `construct/invalid` with everything that is wrong with the properties */
  public constructor(props: ApiServerProps) {
    const { layout } = props;
    const parts = [
      authenticationPart(layout, props.authentication),
      authorizationPart(layout, props.authorization),
      admissionPart(layout, props.admission),
      encryptionPart(layout, props.encryption, props.cryptography),
      auditPart(layout, props.audit),
    ];
    throwIfAny([
      ...parts.flatMap(({ problems }) => problems),
      ...rangeProblems(props.serviceRange ?? DEFAULT_SERVICE_RANGE),
    ]);
    this.settings = [
      ...serving(props),
      ...etcdClient(props),
      ...parts.flatMap(({ settings }) => settings),
      ...kubelets(layout),
    ];
    this.files = parts.flatMap(({ files }) => files);
    this.environment = CRYPTOGRAPHY[props.cryptography ?? 'modern'].environment;
    this.listeners = [
      { purpose: 'API', host: layout.listen?.apiServer ?? layout.host, port: layout.ports.apiServer },
    ];
  }
}

function rangeProblems(ranges: string): readonly Problem[] {
  return ranges
    .split(',')
    .filter((range) => {
      const cidr = Cidr.parse(range);
      return cidr === undefined || !cidr.equals(cidr.masked());
    })
    .map((range) => ({
      code: 'construct/invalid',
      where: 'kube-apiserver, serviceRange',
      message: `'${range}' is not a range with its first address.`,
      fix: `Give a range like ${DEFAULT_SERVICE_RANGE}.`,
    }));
}

function serving({
  layout,
  serviceRange,
  endpointReconciler,
  cryptography,
}: ApiServerProps): readonly Setting[] {
  return [
    setting('bind-address', layout.listen?.apiServer ?? layout.host, 'NET-1'),
    setting('advertise-address', layout.host),
    setting('secure-port', layout.ports.apiServer, 'ARCH-1'),
    setting('endpoint-reconciler-type', endpointReconciler ?? 'lease'),
    setting('service-cluster-ip-range', serviceRange ?? DEFAULT_SERVICE_RANGE),
    setting('tls-cert-file', certificateFile(layout, 'apiserver'), 'NET-4', '1.2.24'),
    setting('tls-private-key-file', keyFile(layout, 'apiserver'), 'NET-4', '1.2.24'),
    ...tlsSettings(cryptography, '1.2.29'),
    setting('profiling', false, 'UPG-3', '1.2.15'),
    setting('request-timeout', '60s', undefined, '1.2.20'),
    // Not a licence: this switch acts before admission and for everybody. With it off, nobody could run kube-proxy or a
    // network add-on, and a refusal would come from it and not from Pod Security, which says why and can be waived.
    setting('allow-privileged', true),
  ];
}

function etcdClient({ layout, etcdEndpoints }: ApiServerProps): readonly Setting[] {
  const own = `https://${urlHost(localAddress(layout))}:${layout.ports.etcdClient}`;
  return [
    setting('etcd-servers', (etcdEndpoints ?? [own]).join(','), 'NET-4'),
    setting('etcd-cafile', certificateFile(layout, 'etcd/ca'), 'NET-4', '1.2.26'),
    setting('etcd-certfile', certificateFile(layout, 'apiserver-etcd-client'), 'NET-3', '1.2.23'),
    setting('etcd-keyfile', keyFile(layout, 'apiserver-etcd-client'), 'NET-3', '1.2.23'),
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

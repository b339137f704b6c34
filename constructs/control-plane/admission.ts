import { TARGET_KUBERNETES, type Problem } from '../../model';
import { zod } from '../../model/zod';
import { webhookKubeconfig } from '../access/webhook-kubeconfig';
import type { NodeDocument } from '../node/file-tree';
import { shapeProblems } from '../shape';
import {
  ADMISSION_PLUGINS,
  eventRateLimit,
  pluginShapes,
  podNodeSelector,
  podTolerationRestriction,
  type AddedAdmissionPlugin,
  type EventLimits,
  type ImagePolicyWebhook,
  type LimitedResource,
  type NodeSelectors,
  type PodTolerations,
} from './admission-plugins';
import type { ApiServerPart } from './api-server-part';
import type { ControlPlaneLayout } from './layout';
import { setting } from './setting';
import { staticPolicyList, staticPolicyProblems } from './static-policies';

/** What may be added to admission. Each option switches on the plugin that it is for. */
export interface AdmissionProps {
  /**
   * Admission plugins without configuration, besides the ones that are always on.
   * @default - none
   */
  readonly plugins?: readonly AddedAdmissionPlugin[];
  /**
   * Limits of events (`EventRateLimit`).
   * @default - of all events, and of each namespace
   */
  readonly eventLimits?: EventLimits;
  /**
   * On which nodes the pods of a namespace run (`PodNodeSelector`).
   * @default - any node
   */
  readonly nodeSelectors?: NodeSelectors;
  /**
   * What pods may tolerate (`PodTolerationRestriction`).
   * @default - everything
   */
  readonly tolerations?: PodTolerations;
  /**
   * Resources that need a quota to be used at all (`ResourceQuota`).
   * @default - none
   */
  readonly limitedResources?: readonly LimitedResource[];
  /**
   * A service that is asked about each image (`ImagePolicyWebhook`).
   * @default - none
   */
  readonly imagePolicy?: ImagePolicyWebhook;
  /**
   * ValidatingAdmissionPolicies with their bindings that the API server reads from a file: nobody can remove them through the
   * API. For those of keelson, take the objects of `AdmissionPolicies`. Since Kubernetes 1.37.
   * @default - none
   */
  readonly policies?: readonly NodeDocument[];
}

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

/** The folder of policies that come from files: it holds nothing else, for the API server reads all of it. */
function policyFolder(layout: ControlPlaneLayout): string {
  return `${layout.configuration}/admission-policies`;
}

function imagePolicyFile(layout: ControlPlaneLayout): string {
  return `${layout.configuration}/image-policy.conf`;
}

/** The plugins that are configured, in an order that stays. */
function configurations(
  layout: ControlPlaneLayout,
  props: AdmissionProps,
): readonly (readonly [plugin: string, configuration: Readonly<Record<string, unknown>>])[] {
  const { nodeSelectors, tolerations, limitedResources, imagePolicy, policies } = props;
  return [
    ['PodSecurity', podSecurity()],
    ['EventRateLimit', eventRateLimit(props.eventLimits)],
    ...(nodeSelectors ? [['PodNodeSelector', podNodeSelector(nodeSelectors)] as const] : []),
    ...(tolerations ? [['PodTolerationRestriction', podTolerationRestriction(tolerations)] as const] : []),
    ...(limitedResources
      ? [
          [
            'ResourceQuota',
            {
              apiVersion: 'apiserver.config.k8s.io/v1',
              kind: 'ResourceQuotaConfiguration',
              limitedResources,
            },
          ] as const,
        ]
      : []),
    ...(imagePolicy
      ? [
          [
            'ImagePolicyWebhook',
            {
              imagePolicy: {
                kubeConfigFile: imagePolicyFile(layout),
                allowTTL: imagePolicy.allowSeconds ?? 300,
                denyTTL: imagePolicy.denySeconds ?? 30,
                retryBackoff: 500,
                defaultAllow: false,
              },
            },
          ] as const,
        ]
      : []),
    ...(policies
      ? [
          [
            'ValidatingAdmissionPolicy',
            {
              apiVersion: 'apiserver.config.k8s.io/v1',
              kind: 'ValidatingAdmissionPolicyConfiguration',
              staticManifestsDir: policyFolder(layout),
            },
          ] as const,
        ]
      : []),
  ];
}

/** Plugins that Kubernetes enables itself, and that are configured all the same. */
const ON_BY_THEMSELVES = ['PodSecurity', 'ResourceQuota', 'ValidatingAdmissionPolicy'];

/** The flags and files of admission. Source: AUTH-3, POD-4, CIS 1.2.3, 1.2.9, 1.2.10 and 1.2.14. */
export function admissionPart(layout: ControlPlaneLayout, props: AdmissionProps = {}): ApiServerPart {
  const problems = admissionProblems(props);
  if (problems.length > 0) return { settings: [], files: [], problems };
  const { plugins: more = [], imagePolicy, policies } = props;
  const configured = configurations(layout, props);
  const switchedOn = configured.map(([name]) => name).filter((name) => !ON_BY_THEMSELVES.includes(name));
  const plugins = [...new Set<string>([...ADMISSION_PLUGINS, ...switchedOn, ...more])];
  const file = `${layout.configuration}/admission.yaml`;
  return {
    settings: [
      setting('enable-admission-plugins', plugins.join(','), 'AUTH-3', '1.2.3', '1.2.9', '1.2.10', '1.2.14'),
      setting('admission-control-config-file', file, 'POD-4'),
    ],
    files: [
      {
        path: file,
        content: {
          apiVersion: 'apiserver.config.k8s.io/v1',
          kind: 'AdmissionConfiguration',
          plugins: configured.map(([name, configuration]) => ({ name, configuration })),
        },
        recommendation: 'POD-4',
      },
      ...(imagePolicy ? [webhookKubeconfig(imagePolicyFile(layout), imagePolicy)] : []),
      ...(policies
        ? [{ path: `${policyFolder(layout)}/policies.yaml`, content: staticPolicyList(policies) }]
        : []),
    ],
    problems: [],
  };
}

const WHERE = 'kube-apiserver, admission';

function admissionProblems(props: AdmissionProps): readonly Problem[] {
  const z = zod();
  const shape = z.strictObject({ ...pluginShapes(), policies: z.array(z.looseObject({})).min(1) }).partial();
  const problems = shapeProblems(shape, props, WHERE);
  return problems.length > 0 ? problems : staticPolicyProblems(props.policies ?? [], `${WHERE}.policies`);
}

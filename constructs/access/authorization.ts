import type { Problem } from '../../model';
import { zod } from '../../model/zod';
import type { ApiServerPart } from '../control-plane/api-server-part';
import type { ControlPlaneLayout } from '../control-plane/layout';
import { setting } from '../control-plane/setting';
import { invalidProperty, shapeProblems } from '../shape';
import { webhookKubeconfig, webhookShape, type Webhook } from './webhook-kubeconfig';

/**
 * A service that is asked about requests after the node authorizer and before RBAC: it can refuse what a role allows. Where it does
 * not answer, the request is refused. What it allows is allowed without a role: trust it like an administrator.
 */
export interface AuthorizationWebhook extends Webhook {
  /** Name in metrics: a DNS label. */
  readonly name: string;
  /**
   * CEL expressions over `request` (a SubjectAccessReview's spec); it is asked only where all are true. At least one: whoever is
   * asked about everything can stop the cluster.
   */
  readonly matchConditions: readonly string[];
  /**
   * How long an answer may take, in seconds from 1 to 30.
   * @default 3
   */
  readonly timeoutSeconds?: number;
}

/** What is asked besides roles. */
export interface AuthorizationProps {
  /**
   * Services that can refuse what a role allows.
   * @default - none
   */
  readonly webhooks?: readonly AuthorizationWebhook[];
}

/**
 * The flags and files by which the API server decides who may do what. Without webhooks it is a flag: it says the same as a
 * structured AuthorizationConfiguration with Node and RBAC, the API server takes only one of the two, and scanners for the
 * benchmark read the flag. With webhooks it is the structured one, which alone has match conditions and refuses where a webhook
 * fails. `AlwaysAllow` and `ABAC` cannot be said. Source: AUTH-3, CIS 1.2.6 to 1.2.8.
 */
export function authorizationPart(layout: ControlPlaneLayout, props: AuthorizationProps = {}): ApiServerPart {
  const problems = authorizationProblems(props);
  if (problems.length > 0) return { settings: [], files: [], problems };
  const { webhooks = [] } = props;
  if (webhooks.length === 0) {
    return {
      settings: [setting('authorization-mode', 'Node,RBAC', 'AUTH-3', '1.2.6', '1.2.7', '1.2.8')],
      files: [],
      problems: [],
    };
  }
  const file = `${layout.configuration}/authorization.yaml`;
  const kubeconfig = ({ name }: AuthorizationWebhook): string =>
    `${layout.configuration}/authorization-${name}.conf`;
  return {
    settings: [setting('authorization-config', file, 'AUTH-3', '1.2.6', '1.2.7', '1.2.8')],
    files: [
      {
        path: file,
        content: {
          apiVersion: 'apiserver.config.k8s.io/v1',
          kind: 'AuthorizationConfiguration',
          authorizers: [
            { type: 'Node', name: 'node' },
            ...webhooks.map((webhook) => authorizer(webhook, kubeconfig(webhook))),
            { type: 'RBAC', name: 'rbac' },
          ],
        },
        recommendation: 'AUTH-3',
        cis: ['1.2.6', '1.2.7', '1.2.8'],
      },
      ...webhooks.map((webhook) =>
        webhookKubeconfig(kubeconfig(webhook), webhook, { recommendation: 'AUTH-3' }),
      ),
    ],
    problems: [],
  };
}

function authorizer(
  { name, matchConditions, timeoutSeconds = 3 }: AuthorizationWebhook,
  kubeConfigFile: string,
): Readonly<Record<string, unknown>> {
  return {
    type: 'Webhook',
    name,
    webhook: {
      timeout: `${timeoutSeconds}s`,
      subjectAccessReviewVersion: 'v1',
      matchConditionSubjectAccessReviewVersion: 'v1',
      failurePolicy: 'Deny',
      connectionInfo: { type: 'KubeConfigFile', kubeConfigFile },
      matchConditions: matchConditions.map((expression) => ({ expression })),
    },
  };
}

const WHERE = 'kube-apiserver, authorization';

function authorizationProblems(props: AuthorizationProps): readonly Problem[] {
  const z = zod();
  const shape = z.strictObject({
    webhooks: z
      .array(
        z.strictObject({
          ...webhookShape(),
          name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
          matchConditions: z.array(z.string().trim().min(1).max(10_000)).min(1).max(64),
          timeoutSeconds: z.int().min(1).max(30).optional(),
        }),
      )
      .max(8)
      .optional(),
  });
  const problems = shapeProblems(shape, props, WHERE);
  if (problems.length > 0) return problems;
  const names = ['node', 'rbac', ...(props.webhooks ?? []).map(({ name }) => name)];
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) =>
      invalidProperty(`${WHERE}.webhooks`, `Two authorizers are named '${name}'.`, 'Rename one.'),
    );
}

import type { Problem } from '../../model';
import { zod } from '../../model/zod';
import { webhookKubeconfig } from '../access/webhook-kubeconfig';
import type { ApiServerPart } from '../control-plane/api-server-part';
import type { ControlPlaneLayout } from '../control-plane/layout';
import { setting } from '../control-plane/setting';
import { shapeProblems } from '../shape';
import type { AddedAuditRule } from './added-rule';
import { auditLogSettings, auditLogShape, type AuditLogProps } from './audit-log';
import { auditPolicy, auditPolicyProblems } from './audit-policy';
import { auditWebhookSettings, auditWebhookShape, type AuditWebhookProps } from './audit-webhook';

/** What is logged besides, how long it is kept, and who is sent it. */
export interface AuditProps {
  /**
   * Rules for what the protected ones say nothing of.
   * @default - none: such requests are logged without their bodies
   */
  readonly rules?: readonly AddedAuditRule[];
  /**
   * How much of the log is kept on the machine.
   * @default - what the benchmark asks for
   */
  readonly log?: AuditLogProps;
  /**
   * A service that is sent every event, too.
   * @default - none: the log stays on the machine
   */
  readonly webhook?: AuditWebhookProps;
}

const WHERE = 'kube-apiserver, audit';

/** The flags and files of the API server's audit log. Source: AUD-1, AUD-2, CIS 1.2.16 to 1.2.19, 3.2.1 and 3.2.2. */
export function auditPart(layout: ControlPlaneLayout, props: AuditProps = {}): ApiServerPart {
  const problems = auditProblems(props);
  if (problems.length > 0) return { settings: [], files: [], problems };
  const policy = `${layout.configuration}/audit-policy.yaml`;
  const kubeconfig = `${layout.configuration}/audit-webhook.conf`;
  const { rules, log, webhook } = props;
  return {
    settings: [
      setting('audit-policy-file', policy, 'AUD-1', '3.2.1'),
      ...auditLogSettings(layout, log),
      ...(webhook === undefined ? [] : auditWebhookSettings(kubeconfig, webhook)),
    ],
    files: [
      { path: policy, content: auditPolicy(rules), recommendation: 'AUD-1', cis: ['3.2.1', '3.2.2'] },
      ...(webhook === undefined ? [] : [webhookKubeconfig(kubeconfig, webhook, { recommendation: 'AUD-2' })]),
    ],
    problems: [],
  };
}

function auditProblems(props: AuditProps): readonly Problem[] {
  const z = zod();
  const shape = z.strictObject({
    // Each rule has its own check, which knows what is in it.
    rules: z.array(z.unknown()).optional(),
    log: auditLogShape().optional(),
    webhook: auditWebhookShape().optional(),
  });
  const problems = shapeProblems(shape, props, WHERE);
  const rules = Array.isArray(props?.rules) ? props.rules : [];
  return [...problems, ...auditPolicyProblems(rules, `${WHERE}.rules`)];
}

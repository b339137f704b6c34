import type * as pulumi from '@pulumi/pulumi';
import { Provider } from '@pulumi/kubernetes/provider';
import { readKubeconfig } from '../probes/client/kubeconfig';
import { KubernetesApp } from './bridge/kubernetes-app';
import { policyGate } from './bridge/policy-gate';
import type { StackSettings } from './config';
import { DATABASE_SECRET } from './reference/inputs';
import { referenceStack } from './reference/reference-stack';

/** Values that must stay secret. */
export interface StackSecrets {
  readonly databasePassword: pulumi.Input<string>;
}

/** What the program tells about the stack. */
export interface StackOutputs {
  readonly namespace: string;
  /** Number of Kubernetes objects. */
  readonly objects: number;
}

/**
 * The program behind `pulumi up`: the reference stack, on the cluster of a kubeconfig.
 *
 * @throws KeelsonError where the kubeconfig cannot be used, or the app breaks a rule
 */
export function provision(settings: StackSettings, secrets: StackSecrets): StackOutputs {
  const access = readKubeconfig(settings.kubeconfig, settings.context);
  const { app, platform } = referenceStack(settings.reference);
  // The path, not the content: the file holds a key, and what a provider is given ends up in the state.
  const provider = new Provider('cluster', {
    kubeconfig: settings.kubeconfig,
    context: settings.context,
    // Otherwise another value of a Secret takes the Secret, and all workloads that use it, away before it makes them anew.
    enableSecretMutable: true,
    enableConfigMapMutable: true,
  });
  const kubernetesApp = new KubernetesApp(
    'reference',
    {
      app,
      secrets: { [DATABASE_SECRET.name]: { [DATABASE_SECRET.key]: secrets.databasePassword } },
      waitForReady: settings.waitForReady,
      policiesInForce: policyGate(() => access, platform.policies.digest),
    },
    { provider },
  );
  return { namespace: platform.shop.name, objects: kubernetesApp.rendered.objects.length };
}

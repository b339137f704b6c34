/** What `pulumi up` runs: the same objects as in `dist/`, and the values of the Secrets. */
import { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import { KubernetesApp } from 'keelson/stacks';
import { application, CREDENTIALS } from './application';

const config = new pulumi.Config();

const provider = new Provider('cluster', {
  // The path, not the content: the file holds a key, and what a provider is given ends up in the state.
  kubeconfig: config.get('kubeconfig') || undefined,
  // Otherwise another value of a Secret takes the Secret, and what uses it, away before it is made anew.
  enableSecretMutable: true,
  enableConfigMapMutable: true,
});

const app = new KubernetesApp(
  '${PROJECT}',
  {
    app: application(),
    secrets: { [CREDENTIALS.name]: { [CREDENTIALS.key]: config.requireSecret('password') } },
    waitForReady: config.getBoolean('waitForReady') ?? true,
  },
  { provider },
);

export const objects = app.rendered.objects.length;

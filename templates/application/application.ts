import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { HardenedDeployment, HardenedNamespace, KeelsonApp, Port, ProvidedSecret } from 'keelson';

/** The Secret whose value is handed in when the stack is provisioned; it never stands in the YAML. */
export const CREDENTIALS = { name: '${PROJECT}/credentials', key: 'password' } as const;

// An example. Put your own images here, each with the digest of what you reviewed.
const IMAGE =
  'registry.example/app:1.0.0@sha256:8c2a7bb1d4f25d2d6e1f0b9d7e3c4a5f60718293a4b5c6d7e8f9012345678abc';

/** Two workloads in a namespace of their own: web calls api, api reads a secret, and nothing else calls anything. */
class ApplicationChart extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const namespace = new HardenedNamespace(this, '${PROJECT}');
    const credentials = new ProvidedSecret(this, 'credentials', { namespace, keys: [CREDENTIALS.key] });

    const api = new HardenedDeployment(this, 'api', {
      namespace,
      image: IMAGE,
      port: Port.tcp(8080),
      secretFiles: { '/run/secrets/api': credentials },
    });
    const web = new HardenedDeployment(this, 'web', {
      namespace,
      image: IMAGE,
      port: Port.tcp(8080),
      env: { API_URL: 'http://api:8080' },
    });

    web.connectTo(api, Port.tcp(8080));
  }
}

/** The whole application, for synth, for Pulumi and for the tests. */
export function application(): KeelsonApp {
  const app = new KeelsonApp();
  new ApplicationChart(app, '${PROJECT}');
  return app;
}

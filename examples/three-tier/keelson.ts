/** A three-tier application with keelson's defaults: web calls api, api calls the database, nothing else calls anything. */
import { Chart, Size } from 'cdk8s';
import { HardenedDeployment, HardenedNamespace, KeelsonApp, Port, ProvidedSecret } from '../../constructs';
import { IMAGES } from './images';

export function threeTier(outdir?: string): KeelsonApp {
  const app = new KeelsonApp({ outdir });
  const chart = new Chart(app, 'shop');
  const namespace = new HardenedNamespace(chart, 'shop');
  const credentials = new ProvidedSecret(chart, 'credentials', { namespace, keys: ['password'] });

  const database = new HardenedDeployment(chart, 'database', {
    namespace,
    image: IMAGES.database,
    port: Port.tcp(5432),
    replicas: 1,
    memory: Size.mebibytes(512),
    writable: { '/var/lib/data': Size.gibibytes(1) },
    secretFiles: { '/run/secrets/database': credentials },
  });
  const api = new HardenedDeployment(chart, 'api', {
    namespace,
    image: IMAGES.api,
    port: Port.tcp(8080),
    env: { DATABASE_HOST: 'database', DATABASE_PASSWORD_FILE: '/run/secrets/database/password' },
    secretFiles: { '/run/secrets/database': credentials },
  });
  const web = new HardenedDeployment(chart, 'web', {
    namespace,
    image: IMAGES.web,
    port: Port.tcp(8080),
    env: { API_URL: 'http://api:8080' },
    writable: { '/tmp': Size.mebibytes(64) },
  });

  web.connectTo(api, Port.tcp(8080));
  api.connectTo(database, Port.tcp(5432));
  return app;
}

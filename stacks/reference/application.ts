import { Chart, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { HardenedDeployment, Port, ProvidedSecret, type HardenedNamespace } from '../../constructs';
import { DATABASE_SECRET, type ReferenceInputs } from './inputs';

/** A three-tier application: web calls api, api calls the database, and nothing else calls anything. */
export class ApplicationChart extends Chart {
  public constructor(scope: Construct, id: string, namespace: HardenedNamespace, inputs: ReferenceInputs) {
    super(scope, id);
    const credentials = new ProvidedSecret(this, 'database-credentials', {
      namespace,
      keys: [DATABASE_SECRET.key],
    });

    const database = new HardenedDeployment(this, 'database', {
      namespace,
      image: inputs.images.database,
      port: Port.tcp(5432),
      replicas: 1,
      memory: Size.mebibytes(512),
      writable: { '/var/lib/data': Size.gibibytes(1), '/tmp': Size.mebibytes(64) },
      secretFiles: { '/run/secrets/database': credentials },
    });
    const api = new HardenedDeployment(this, 'api', {
      namespace,
      image: inputs.images.api,
      port: Port.tcp(8080),
      replicas: inputs.replicas,
      env: { DATABASE_HOST: 'database', DATABASE_PASSWORD_FILE: '/run/secrets/database/password' },
      secretFiles: { '/run/secrets/database': credentials },
    });
    const web = new HardenedDeployment(this, 'web', {
      namespace,
      image: inputs.images.web,
      port: Port.tcp(8080),
      replicas: inputs.replicas,
      env: { API_URL: 'http://api:8080' },
      writable: { '/tmp': Size.mebibytes(64) },
    });

    web.connectTo(api, Port.tcp(8080));
    api.connectTo(database, Port.tcp(5432));
  }
}

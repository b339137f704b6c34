/**
 * Writes `schemas/built-in-access.json`, the roles and bindings that an API server makes for itself at its start, from the tables that
 * the Kubernetes project keeps of them in its Go module. It needs Go and the Go module proxy.
 *
 *     npx tsx schemas/built-in-access.ts 1.37.2
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { kubernetesModule } from './kubernetes-module';

const TABLES = [
  'cluster-roles',
  'cluster-role-bindings',
  'controller-roles',
  'controller-role-bindings',
  'namespace-roles',
  'namespace-role-bindings',
];
const FOLDER = 'plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata';

interface Listed {
  readonly kind: string;
  readonly items?: readonly { readonly metadata: Readonly<Record<string, unknown>> }[];
}

const release = process.argv[2]!;
const module = kubernetesModule(release);
const objects = TABLES.flatMap((table) =>
  (loadAll(readFileSync(join(module, FOLDER, `${table}.yaml`), 'utf8')) as Listed[]).flatMap(
    ({ items = [] }) => items,
  ),
).map(({ metadata: { name, namespace, labels }, ...rest }) => ({
  ...rest,
  metadata: { name, namespace, labels },
}));
const lines = objects.map((object) => JSON.stringify(object)).join(',\n');
writeFileSync(
  join(__dirname, 'built-in-access.json'),
  `{"release":${JSON.stringify(release)},"objects":[\n${lines}\n]}\n`,
);

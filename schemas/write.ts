/**
 * Writes `schemas/kubernetes.json`, which synth checks objects against, from the OpenAPI documents that the Kubernetes project
 * takes from its API server for each release and ships in its Go module. It needs Go and the Go module proxy.
 *
 *     npx tsx schemas/write.ts 1.35.4 1.36.3 1.37.2
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compact, type Compact, type Publication, type PublishedSchema, type ServedKind } from './document';
import { kubernetesModule } from './kubernetes-module';
import { merge, tableText } from './merge';

interface Discovery {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly {
        readonly scope: string;
        readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
      }[];
    }[];
  }[];
}

function readJson<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(...path), 'utf8')) as T;
}

function readPublication(folder: string): Publication {
  const documents = join(folder, 'openapi-spec', 'v3');
  const schemas: Record<string, PublishedSchema> = {};
  for (const name of readdirSync(documents).sort()) {
    const document = readJson<{ components?: { schemas?: Record<string, PublishedSchema> } }>(
      documents,
      name,
    );
    Object.assign(schemas, document.components?.schemas);
  }
  return { schemas, kinds: [...coreKinds(folder), ...groupKinds(folder)] };
}

function coreKinds(folder: string): readonly ServedKind[] {
  const { resources } = readJson<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(
    folder,
    'discovery',
    'api__v1.json',
  );
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ kind, namespaced }) => ({ group: '', version: 'v1', kind, namespaced }));
}

function groupKinds(folder: string): readonly ServedKind[] {
  return readJson<Discovery>(folder, 'discovery', 'aggregated_v2.json').items.flatMap(
    ({ metadata, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ scope, responseKind: { kind } }) => ({
          group: metadata.name ?? '',
          version,
          kind,
          namespaced: scope === 'Namespaced',
        })),
      ),
  );
}

const releases: Record<string, Compact> = {};
for (const release of process.argv.slice(2)) {
  const minor = release.split('.').slice(0, 2).join('.');
  releases[minor] = compact(readPublication(join(kubernetesModule(release), 'api')));
}
writeFileSync(join(__dirname, 'kubernetes.json'), tableText(merge(releases)));

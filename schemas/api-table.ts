/**
 * Writes `constructs/access/api.ts`, the typed table of what rules can speak of, from what the API server of each release says of
 * itself: the Kubernetes project takes it from a running one, and ships it in its Go module. It needs Go and the Go module proxy.
 *
 *     npx tsx schemas/api-table.ts 1.35.4 1.36.3 1.37.2
 *
 * The last release is the target; the others tell since when a resource is there. What only alpha or beta versions serve is left
 * out: no API server serves it unless it is told to.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { tableSource, type Discovered } from './api-source';
import { kubernetesModule } from './kubernetes-module';

interface CoreDiscovery {
  readonly resources: readonly { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

interface Served {
  readonly responseKind?: { readonly kind: string };
  readonly verbs: readonly string[];
}

interface GroupDiscovery {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly (Served & {
        readonly resource: string;
        readonly scope: string;
        readonly subresources?: readonly (Served & { readonly subresource: string })[];
      })[];
    }[];
  }[];
}

function discovered(release: string): readonly Discovered[] {
  const folder = join(kubernetesModule(release), 'api', 'discovery');
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
  const core = read<CoreDiscovery>('api__v1.json').resources.map(({ name, kind, namespaced, verbs }) => ({
    ...{ group: '', name, kind, namespaced, verbs },
  }));
  const groups = read<GroupDiscovery>('aggregated_v2.json').items.flatMap(({ metadata, versions }) =>
    versions
      .filter(({ version }) => /^v\d+$/.test(version))
      .flatMap(({ resources }) =>
        resources.flatMap(({ resource, scope, responseKind, verbs, subresources = [] }) => {
          const shared = { group: metadata.name, namespaced: scope === 'Namespaced' };
          return [
            { ...shared, name: resource, kind: responseKind?.kind ?? '', verbs },
            ...subresources.map((sub) => ({
              ...{ ...shared, name: `${resource}/${sub.subresource}`, kind: '', verbs: sub.verbs },
            })),
          ];
        }),
      ),
  );
  return [...core, ...groups];
}

async function main(releases: readonly string[]): Promise<void> {
  const byRelease = releases.map((release) => ({
    minor: release.split('.').slice(0, 2).join('.'),
    resources: discovered(release),
  }));
  const path = join(__dirname, '../constructs/access/api.ts');
  const options = { ...(await resolveConfig(path)), parser: 'typescript' };
  writeFileSync(path, await format(tableSource(byRelease), options));
}

void main(process.argv.slice(2));

import { BUILT_IN_NAMESPACES } from '../../model';
import { defineNetworkCheck } from './network-check';

export default defineNetworkCheck({
  id: 'namespace-not-isolated',
  title: 'Where pods run, what no network policy allows is denied',
  rationale:
    'A namespace that is not among the objects may have no policy that denies by default, and then each pod in it reaches, and is reached by, each other.',
  severity: 'high',
  remediation:
    'Declare the namespace with a NetworkPolicy that denies by default (HardenedNamespace has it; DefaultDeny is it).',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  *judge({ cluster, sides, objects }) {
    // Of a namespace that is declared, the control default-deny speaks, but for those of Kubernetes itself.
    const builtIn: readonly unknown[] = BUILT_IN_NAMESPACES;
    const declared = new Set(
      objects
        .filter(({ manifest: { kind, apiVersion } }) => kind === 'Namespace' && apiVersion === 'v1')
        .map(({ manifest }) => manifest.metadata.name)
        .filter((name) => !builtIn.includes(name)),
    );
    const open = new Map<
      string,
      { readonly source: string; readonly pods: string[]; readonly directions: Set<string> }
    >();
    for (const [index, { namespace, id, source, hostNetwork, virtual }] of cluster.pods.entries()) {
      if (declared.has(namespace) || hostNetwork || virtual) continue;
      const directions = (['ingress', 'egress'] as const).filter(
        (direction) => sides.of(direction, index).deniedBy.length === 0,
      );
      if (directions.length === 0) continue;
      const entry = open.get(namespace) ?? { source, pods: [], directions: new Set() };
      entry.pods.push(id);
      for (const direction of directions) entry.directions.add(direction);
      open.set(namespace, entry);
    }
    for (const [namespace, { source, pods, directions }] of open) {
      const [first, ...others] = pods;
      yield {
        resource: { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: namespace },
        source,
        path: '',
        message: `No policy denies ${[...directions].join(' and ')} of ${first}${others.length === 0 ? '' : ` and ${others.length} more`} by default.`,
      };
    }
  },
});

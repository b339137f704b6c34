/**
 * What `test/e2e/escalation.test.ts` does on a real API server, the analysis has to foretell: with exactly the rights that a technique
 * needs there is a way to cluster-admin. What it does not see stands here, each with the reason.
 */
import { analyse } from '../../../authorization';
import type { Manifest } from '../../../constructs';
import { ADMINISTRATORS_GROUP } from '../../../constructs/control-plane';
import { TECHNIQUES } from '../../e2e/support/escalation';
import { IN_THEIR_OWN } from '../../e2e/support/escalation/own-namespace';
import type { Rule, Technique } from '../../e2e/support/escalation/technique';
import { groupOf, LESSER_PERSONAS, personaManifests } from '../../e2e/support/personas';

const RBAC = 'rbac.authorization.k8s.io';
const ATTACKER = { kind: 'User', name: 'attacker', apiGroup: RBAC };

/** Real ways that the analysis does not see, and why. */
const NOT_SEEN: Readonly<Record<string, string>> = {
  'impersonates an administrator for what it may do as such': 'constrained impersonation does not count',
  'impersonates a stronger account for what it may do as such': 'constrained impersonation does not count',
  'reaches an open port of a pod that hands out its token': 'what a pod answers is not known',
  'reads a token in a log': 'what a pod writes is not known',
  'drives a pod of a stronger account onto a node that it holds': 'it takes a node that was broken into',
  'binds a waiting pod of a stronger account to a node that it holds': 'it takes a node that was broken into',
  'reads the Secrets that others write, by a webhook': 'it leads to what is written, whatever that is',
};

const strong = (namespace: string): readonly Manifest[] =>
  [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'strong', namespace } },
    ...bound('ClusterRole', { name: 'strong' }, 'cluster-admin', {
      ...{ kind: 'ServiceAccount', name: 'strong', namespace },
    }),
    ...bound('ClusterRole', { name: 'admins' }, 'cluster-admin', {
      ...{ kind: 'Group', name: ADMINISTRATORS_GROUP, apiGroup: RBAC },
    }),
    {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' },
      metadata: {
        ...{ name: 'strong-token', namespace },
        annotations: { 'kubernetes.io/service-account.name': 'strong' },
      },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'guarded', namespace } },
      spec: { serviceAccountName: 'strong', nodeName: 'worker', containers: [{ name: 'main', image: 'x' }] },
    },
  ] as unknown as readonly Manifest[];

function bound(kind: string, metadata: object, role: string, subject: object): readonly object[] {
  const roleRef = { apiGroup: RBAC, kind, name: role };
  return [{ apiVersion: `${RBAC}/v1`, kind: `${kind}Binding`, metadata, roleRef, subjects: [subject] }];
}

function granted({ needs, holds }: Technique): readonly Manifest[] {
  const role = (rules: readonly Rule[] | undefined, namespace?: string): readonly object[] => {
    if (rules === undefined) return [];
    const kind = namespace === undefined ? 'ClusterRole' : 'Role';
    const metadata = { name: 'attacker', ...(namespace === undefined ? {} : { namespace }) };
    const policy = rules.map(({ group, resource, verbs, names }) => ({
      ...{ apiGroups: [group], resources: [resource], verbs },
      ...(names && { resourceNames: names }),
    }));
    const made = { apiVersion: `${RBAC}/v1`, kind, metadata, rules: policy };
    return [made, ...bound(kind, metadata, 'attacker', ATTACKER)];
  };
  return [
    ...role(needs.cluster),
    ...role(needs.target, 'vault'),
    ...role(needs['kube-system'], 'kube-system'),
    ...(holds === undefined ? [] : bound('ClusterRole', { name: 'holds' }, holds, ATTACKER)),
  ] as readonly Manifest[];
}

/** Names of those who can become administrators. */
function winners(...manifests: readonly Manifest[]): readonly string[] {
  const objects = manifests.map((manifest) => ({ manifest, source: 'test' }));
  return [...new Set(analyse(objects).paths.map(({ subject }) => subject.name))];
}

test('every way that was tried is foretold, but for those that are known not to be', () => {
  const unseen = TECHNIQUES.filter((technique) => {
    return !winners(...strong('vault'), ...granted(technique)).includes(ATTACKER.name);
  });
  expect(unseen.map(({ name }) => name).sort()).toEqual(Object.keys(NOT_SEEN).sort());
});

test('nobody wins where nothing is granted', () => {
  expect(winners(...strong('vault'))).not.toContain(ATTACKER.name);
});

const team = (level: string) =>
  ({
    ...{ apiVersion: 'v1', kind: 'Namespace' },
    metadata: { name: 'team', labels: { 'pod-security.kubernetes.io/enforce': level } },
  }) as Manifest;

test('personas win nothing where nothing strong lives with them, and no pod of theirs gets out of its container', () => {
  const groups = LESSER_PERSONAS.map(groupOf);
  const found = winners(team('restricted'), ...strong('vault'), ...personaManifests('team', ['worker']));
  expect(found.filter((name) => groups.includes(name))).toEqual([]);
});

test('where something strong lives with them, those win who were seen to win by what they run', () => {
  const byWorkloads = Object.entries(IN_THEIR_OWN).filter(([name]) => !(name in NOT_SEEN));
  const seen = [...new Set(byWorkloads.flatMap(([, personas]) => personas))].map(groupOf);
  const groups = LESSER_PERSONAS.map(groupOf);
  const found = winners(...strong('team'), ...personaManifests('team', ['worker']));
  expect(found.filter((name) => groups.includes(name)).sort()).toEqual(seen.sort());
});

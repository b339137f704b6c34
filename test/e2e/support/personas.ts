import { Chart } from 'cdk8s';
import { HardenedNamespace, KeelsonApp, Personas, renderApp, type Manifest } from '../../../constructs';

/** The personas with less than all rights. */
export const LESSER_PERSONAS = ['developer', 'deployer', 'operator', 'auditor', 'readOnly'] as const;

/** A persona with less than all rights. */
export type LesserPersona = (typeof LESSER_PERSONAS)[number];

/** The group of a persona, as the API server sees it. */
export function groupOf(persona: LesserPersona): string {
  return `team:${persona}s`;
}

/** The roles and bindings of all of them, who work in one namespace. */
export function personaManifests(name: string, nodes: readonly string[]): readonly Manifest[] {
  const app = new KeelsonApp();
  const chart = new Chart(app, 'chart');
  const namespaces = [new HardenedNamespace(chart, name)];
  const groups = (persona: LesserPersona) => [groupOf(persona)];
  new Personas(chart, 'personas', {
    developer: { groups: groups('developer'), namespaces },
    deployer: { subjects: [{ group: groupOf('deployer') }], namespaces },
    operator: { groups: groups('operator'), namespaces, nodes },
    auditor: { groups: groups('auditor') },
    readOnly: { groups: groups('readOnly'), namespaces },
  });
  return renderApp(app)
    .objects.map(({ manifest }) => manifest)
    .filter(({ apiVersion }) => apiVersion.startsWith('rbac.authorization.k8s.io/'));
}

/** The collection that a role or a binding is made in. */
export function roleCollection({ kind, metadata }: Manifest): string {
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `/apis/rbac.authorization.k8s.io/v1${namespace}/${kind.toLowerCase()}s`;
}

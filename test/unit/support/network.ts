import { loadAll } from 'js-yaml';
import type { Manifest } from '../../../constructs';
import type { ClusterNetwork } from '../../../model';
import { judgeNetwork, type NetworkVerdict } from '../../../policies/network-checks';
import type { ForeignPods, NetworkObject } from '../../../reachability';

/** The objects of a YAML text. */
export function objectsOf(yaml: string): readonly NetworkObject[] {
  const manifests = loadAll(yaml) as (Manifest | null)[];
  return manifests.filter((manifest) => manifest !== null).map((manifest) => ({ manifest, source: 'test' }));
}

/** Judges the network of a YAML text. */
export function judged(
  yaml: string,
  network?: ClusterNetwork,
  foreign?: readonly ForeignPods[],
): NetworkVerdict {
  return judgeNetwork(objectsOf(yaml), network, foreign);
}

/** A pod with a label `app` of its name. */
export function pod(
  name: string,
  ports: string = '[{ containerPort: 8080 }]',
  namespace = 'shop',
  more = '',
): string {
  return `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }
spec: { containers: [{ name: main, image: x, ports: ${ports} }]${more} }
`;
}

/** A network policy; `spec` in the flow style of YAML. */
export function policy(name: string, spec: string, namespace = 'shop'): string {
  return `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

/** A namespace that denies by default in both directions. */
export function namespace(name = 'shop'): string {
  return `
---
apiVersion: v1
kind: Namespace
metadata: { name: ${name} }
${policy('default-deny', '{ podSelector: {}, policyTypes: [Ingress, Egress] }', name)}`;
}

/** Both sides of a connection between two pods of one namespace. */
export function connection(from: string, to: string, port: string, inNamespace = 'shop'): string {
  const select = (app: string) => `{ matchLabels: { app: ${app} } }`;
  return (
    policy(
      `${from}-out`,
      `{ podSelector: ${select(from)}, policyTypes: [Egress], egress: [{ to: [{ podSelector: ${select(to)} }], ports: [{ port: ${port} }] }] }`,
      inNamespace,
    ) +
    policy(
      `${to}-in`,
      `{ podSelector: ${select(to)}, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: ${select(from)} }], ports: [{ port: ${port} }] }] }`,
      inNamespace,
    )
  );
}

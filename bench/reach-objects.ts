import type { Manifest } from '../constructs';

/** Namespaces, default deny, DNS and workloads that connect to others, as constructs write them: the same on every run. */
export function reachObjects(workloads: number, connections: number): readonly Manifest[] {
  const namespaces = Math.max(1, Math.ceil(workloads / 25));
  const namespaceOf = (index: number): string => `team-${index % namespaces}`;
  const nameOf = (index: number): string => `service-${index}`;
  const objects: Manifest[] = [];
  for (let index = 0; index < namespaces; index += 1) {
    const namespace = namespaceOf(index);
    objects.push(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      policy('default-deny', namespace, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
      policy('allow-dns', namespace, {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          {
            to: [peer('kube-system', { 'k8s-app': 'kube-dns' })],
            ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }],
          },
        ],
      }),
    );
  }
  for (let index = 0; index < workloads; index += 1)
    objects.push(deployment(nameOf(index), namespaceOf(index)));
  for (let index = 0; index < connections; index += 1) {
    const from = index % workloads;
    // Spread over the others, nobody to itself and none twice.
    const step = Math.floor(workloads / (Math.ceil(connections / workloads) + 1));
    const to = (from + 1 + Math.floor(index / workloads) * step) % workloads;
    const ports = [{ port: 8080, protocol: 'TCP' }];
    objects.push(
      policy(`${nameOf(from)}-to-${nameOf(to)}-${index}`, namespaceOf(from), {
        podSelector: { matchLabels: { app: nameOf(from) } },
        policyTypes: ['Egress'],
        egress: [{ to: [peer(namespaceOf(to), { app: nameOf(to) })], ports }],
      }),
      policy(`${nameOf(to)}-from-${nameOf(from)}-${index}`, namespaceOf(to), {
        podSelector: { matchLabels: { app: nameOf(to) } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [peer(namespaceOf(from), { app: nameOf(from) })], ports }],
      }),
    );
  }
  return objects;
}

function peer(namespace: string, labels: Readonly<Record<string, string>>): object {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: labels },
  };
}

function policy(name: string, namespace: string, spec: object): Manifest {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

function deployment(name: string, namespace: string): Manifest {
  const labels = { app: name };
  const containers = [{ name: 'main', image: 'x', ports: [{ containerPort: 8080 }] }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

/** A pod of each Deployment, with an address, for peers that know nothing else. */
export function podsOf(objects: readonly Manifest[]): readonly Manifest[] {
  return objects
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata, spec }, index) => {
      const { template } = spec as {
        template: { metadata: { labels: Record<string, string> }; spec: object };
      };
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, labels: template.metadata.labels },
        spec: template.spec,
        status: { podIPs: [{ ip: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` }] },
      };
    });
}

/** A packet from each pod to the port of each other. */
export function packetsOf(pods: readonly Manifest[]) {
  return pods.flatMap((from) =>
    pods.filter((to) => to !== from).map((to) => ({ from, to, protocol: 'TCP' as const, port: 8080 })),
  );
}

/** What of the NetworkPolicy API a network plugin may do otherwise than the API says. */
export const POLICY_FEATURES = {
  policy: 'any policy at all',
  'end-port': 'a range of ports (`endPort`)',
  'ip-block': 'a range of addresses with pods in it (`ipBlock`)',
  sctp: 'SCTP',
  'named-port': 'a port by its name, to everybody',
} as const;

/** Something of the NetworkPolicy API that plugins differ in, for example `end-port`. */
export type PolicyFeature = keyof typeof POLICY_FEATURES;

/** What a network plugin does not enforce as the NetworkPolicy API says. */
export interface PolicyGap {
  /** What a policy uses. */
  readonly feature: PolicyFeature;
  /** Whether more or less is let through than the policy says; `unknown` where no document tells. */
  readonly lets: 'more' | 'less' | 'unknown';
  /** Of which releases or settings it is true, and what happens, in one sentence. */
  readonly what: string;
  /** Where that is written. */
  readonly source: string;
}

/** What the documents of the plugins say. No plugin was run to find out. */
export const POLICY_GAPS = {
  calico: [],
  cilium: [
    {
      feature: 'end-port',
      lets: 'less',
      what: 'Releases before 1.16 take the first port of a range alone.',
      source: 'https://github.com/cilium/cilium/issues/28684, https://github.com/cilium/cilium/pull/33463',
    },
    {
      feature: 'ip-block',
      lets: 'less',
      what: 'A range does not match the pods in it, and nodes only where that is switched on (1.15 and later).',
      source: 'https://docs.cilium.io/en/stable/network/kubernetes/policy/',
    },
    {
      feature: 'sctp',
      lets: 'less',
      what: 'It is known only where `sctp.enabled` is set, and that is a beta.',
      source: 'https://docs.cilium.io/en/stable/configuration/sctp/',
    },
  ],
  'kube-router': [
    {
      feature: 'sctp',
      lets: 'unknown',
      what: 'Its support is an open request.',
      source: 'https://github.com/cloudnativelabs/kube-router/issues/1019',
    },
    {
      feature: 'named-port',
      lets: 'less',
      what: 'In a rule of egress without `to`, the name is looked up among the pods of the namespace of the policy alone.',
      source: 'https://github.com/cloudnativelabs/kube-router, pkg/controllers/netpol/policy.go',
    },
  ],
  kindnet: [
    {
      feature: 'policy',
      lets: 'more',
      what: 'Releases before 1.3.0, and those of kind before 0.24.0, enforce none.',
      source:
        'https://github.com/kubernetes/minikube/issues/19871, https://github.com/kubernetes-sigs/kind/issues/842',
    },
  ],
} as const satisfies Readonly<Record<string, readonly PolicyGap[]>>;

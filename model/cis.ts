/** How many items each group of section 5 ("Kubernetes policies") of the CIS Kubernetes Benchmark v1.12 has. */
const GROUPS: Readonly<Record<string, number>> = {
  '5.1': 13,
  '5.2': 12,
  '5.3': 2,
  '5.4': 2,
  '5.5': 1,
  '5.6': 4,
};

/** The items of the CIS Kubernetes Benchmark v1.12 that are about what is in the cluster, for example `5.2.2`. */
export const CIS_POLICY_ITEMS: readonly string[] = Object.entries(GROUPS).flatMap(([group, items]) =>
  Array.from({ length: items }, (_, index) => `${group}.${index + 1}`),
);

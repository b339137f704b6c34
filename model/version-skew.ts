/**
 * How far versions of one cluster may be apart. Source: the version skew policy of the Kubernetes project
 * (https://kubernetes.io/releases/version-skew-policy/, read on 2026-11-26).
 */

/** The components whose version is held against that of the API servers. */
export type SkewedComponent =
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'cloud-controller-manager'
  | 'kubelet'
  | 'kube-proxy'
  | 'kubectl';

/** How many minor releases a component may be behind the API server, and ahead of it. */
export const VERSION_SKEW: Readonly<
  Record<SkewedComponent, { readonly behind: number; readonly ahead: number }>
> = {
  'kube-controller-manager': { behind: 1, ahead: 0 },
  'kube-scheduler': { behind: 1, ahead: 0 },
  'cloud-controller-manager': { behind: 1, ahead: 0 },
  kubelet: { behind: 3, ahead: 0 },
  'kube-proxy': { behind: 3, ahead: 0 },
  kubectl: { behind: 1, ahead: 1 },
};

/** How many minor releases the API servers of one cluster may be apart. */
export const API_SERVER_SKEW = 1;

/** How many minor releases an upgrade may go at once. */
export const UPGRADE_STEP = 1;

/** A version as its numbers; undefined where it is none like `1.37.2`. */
export function parseVersion(text: string): { readonly minor: string; readonly number: number } | undefined {
  const [, number] = /^1\.(0|[1-9]\d{0,2})\.(?:0|[1-9]\d{0,2})$/.exec(text) ?? [];
  return number === undefined ? undefined : { minor: `1.${number}`, number: Number(number) };
}

/**
 * Says how a component's version does not fit that of the API server.
 *
 * @param component whose version it is
 * @param version for example `1.36.3`
 * @param apiServer the version of the oldest API server
 * @returns undefined where the two fit, or one of them is no version
 */
export function skewProblem(
  component: SkewedComponent,
  version: string,
  apiServer: string,
): string | undefined {
  const own = parseVersion(version);
  const other = parseVersion(apiServer);
  if (own === undefined || other === undefined) return undefined;
  const { behind, ahead } = VERSION_SKEW[component];
  const distance = own.number - other.number;
  if (distance > ahead)
    return `${component} ${version} is ahead of the API server's ${apiServer} by ${distance}; ${ahead} is supported.`;
  if (-distance > behind)
    return `${component} ${version} is behind the API server's ${apiServer} by ${-distance}; ${behind} is supported.`;
  return undefined;
}

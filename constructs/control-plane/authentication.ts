/** The only paths that answer a request without credentials. Source: AUTH-1. */
export const ANONYMOUS_PATHS = ['/livez', '/readyz', '/healthz'] as const;

/**
 * The API server's AuthenticationConfiguration. Anonymous requests are let through to the three health paths, so that
 * load balancers and probes need no credentials, and nowhere else (plain `--anonymous-auth=false` would break those).
 * Who logs in through OIDC is later added as `jwt` issuers. Source: AUTH-1, AUTH-2, CIS 1.2.1.
 */
export function authenticationConfiguration(): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    anonymous: { enabled: true, conditions: ANONYMOUS_PATHS.map((path) => ({ path })) },
  };
}

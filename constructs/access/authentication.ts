import type { ApiServerPart } from '../control-plane/api-server-part';
import { FRONT_PROXY_CLIENT_NAME } from '../control-plane/certificates';
import { certificateFile, keyFile, publicKeyFile, type ControlPlaneLayout } from '../control-plane/layout';
import { setting } from '../control-plane/setting';

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

/** The flags and files by which the API server knows who asks. Source: AUTH-1, AUTH-2, CIS 1.2.1 to 1.2.30. */
export function authenticationPart(layout: ControlPlaneLayout): ApiServerPart {
  return {
    settings: [
      setting('authentication-config', `${layout.configuration}/authentication.yaml`, 'AUTH-1', '1.2.1'),
      setting('client-ca-file', certificateFile(layout, 'ca'), 'AUTH-2', '1.2.25'),
      setting('service-account-issuer', 'https://kubernetes.default.svc.cluster.local', 'AUTH-2'),
      setting('service-account-key-file', publicKeyFile(layout, 'sa'), 'AUTH-2', '1.2.22'),
      setting('service-account-signing-key-file', keyFile(layout, 'sa'), 'AUTH-2'),
      setting('service-account-lookup', true, 'AUTH-2', '1.2.21'),
      setting('service-account-extend-token-expiration', false, 'AUTH-2', '1.2.30'),
      setting('service-account-max-token-expiration', '24h', 'AUTH-2'),
      setting('requestheader-client-ca-file', certificateFile(layout, 'front-proxy-ca'), 'NET-4'),
      // Without names, every certificate of that CA could act as any user.
      setting('requestheader-allowed-names', FRONT_PROXY_CLIENT_NAME, 'AUTH-2'),
      setting('requestheader-username-headers', 'X-Remote-User'),
      setting('requestheader-group-headers', 'X-Remote-Group'),
      setting('requestheader-extra-headers-prefix', 'X-Remote-Extra-'),
      setting('proxy-client-cert-file', certificateFile(layout, 'front-proxy-client'), 'NET-4'),
      setting('proxy-client-key-file', keyFile(layout, 'front-proxy-client'), 'NET-4'),
    ],
    files: [
      {
        path: `${layout.configuration}/authentication.yaml`,
        content: authenticationConfiguration(),
        recommendation: 'AUTH-1',
        cis: ['1.2.1'],
      },
    ],
    problems: [],
  };
}

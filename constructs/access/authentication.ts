import type { Problem } from '../../model';
import { zod } from '../../model/zod';
import type { ApiServerPart } from '../control-plane/api-server-part';
import { FRONT_PROXY_CLIENT_NAME } from '../control-plane/certificates';
import { certificateFile, keyFile, type ControlPlaneLayout } from '../control-plane/layout';
import { setting } from '../control-plane/setting';
import { invalidProperty, shapeProblems } from '../shape';
import { issuerShape, jwtAuthenticator, type OidcIssuer } from './oidc-issuer';
import {
  serviceAccountTokenSettings,
  serviceAccountTokenShape,
  tokenIssuers,
  type ServiceAccountTokenProps,
} from './service-account-tokens';

/** The only paths that answer a request without credentials. Source: AUTH-1. */
export const ANONYMOUS_PATHS = ['/livez', '/readyz', '/healthz'] as const;

/** Who may log in besides the holders of certificates, and how long tokens of service accounts last. */
export interface AuthenticationProps {
  /**
   * OpenID Connect issuers whose tokens are taken; at most 64.
   * @default - none
   */
  readonly issuers?: readonly OidcIssuer[];
  /**
   * Issuers, keys and lifetime of the tokens of service accounts.
   * @default - one issuer, one key, 24 hours
   */
  readonly serviceAccounts?: ServiceAccountTokenProps;
}

/**
 * The API server's AuthenticationConfiguration. Anonymous requests are let through to the three health paths, so that
 * load balancers and probes need no credentials, and nowhere else (plain `--anonymous-auth=false` would break those).
 * Static tokens and basic auth have no place in it. Source: AUTH-1, AUTH-2, CIS 1.2.1.
 */
export function authenticationConfiguration(
  issuers: readonly OidcIssuer[] = [],
): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    anonymous: { enabled: true, conditions: ANONYMOUS_PATHS.map((path) => ({ path })) },
    ...(issuers.length > 0 && { jwt: issuers.map(jwtAuthenticator) }),
  };
}

const WHERE = 'kube-apiserver, authentication';

/** Everything that is wrong with the properties. */
export function authenticationProblems(props: AuthenticationProps): readonly Problem[] {
  const z = zod();
  const shape = z.strictObject({
    issuers: z.array(issuerShape()).max(64).optional(),
    serviceAccounts: serviceAccountTokenShape().optional(),
  });
  const problems = shapeProblems(shape, props, WHERE);
  return problems.length > 0 ? problems : contradictions(props);
}

/** What only shows where issuers stand side by side: they must not be able to speak for each other. */
function contradictions({ issuers = [], serviceAccounts }: AuthenticationProps): readonly Problem[] {
  const own = tokenIssuers(serviceAccounts);
  return issuers.flatMap((issuer, index) => {
    const place = `${WHERE}.issuers[${index}]`;
    const others = issuers.slice(0, index);
    const problems: Problem[] = [];
    const refuse = (property: string, message: string, fix: string): void => {
      problems.push(invalidProperty(`${place}.${property}`, message, fix));
    };
    if (own.includes(issuer.url)) {
      refuse(
        'url',
        `${issuer.url} is the issuer of service accounts.`,
        'Leave it out: its tokens are taken.',
      );
    }
    for (const [other, { url, discoveryUrl, username, groups }] of others.entries()) {
      if (url === issuer.url)
        refuse('url', `It is also that of issuers[${other}].`, 'Name each issuer once.');
      if (discoveryUrl !== undefined && discoveryUrl === issuer.discoveryUrl) {
        refuse('discoveryUrl', `It is also that of issuers[${other}].`, 'Give each issuer its own.');
      }
      for (const [property, mine, its] of [
        ['username', issuer.username, username],
        ['groups', issuer.groups, groups],
      ] as const) {
        if (mine === undefined || its === undefined || !overlap(mine.prefix, its.prefix)) continue;
        refuse(
          `${property}.prefix`,
          `"${mine.prefix}" and "${its.prefix}" of issuers[${other}] can make the same name.`,
          'Give each issuer a prefix that starts no other.',
        );
      }
    }
    if (issuer.discoveryUrl?.replace(/\/+$/, '') === issuer.url.replace(/\/+$/, '')) {
      refuse(
        'discoveryUrl',
        'It is the URL of the issuer itself.',
        'Give the URL of the discovery document.',
      );
    }
    return problems;
  });
}

function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

/** The flags and files by which the API server knows who asks. Source: AUTH-1, AUTH-2, CIS 1.2.1 to 1.2.30. */
export function authenticationPart(
  layout: ControlPlaneLayout,
  props: AuthenticationProps = {},
): ApiServerPart {
  const problems = authenticationProblems(props);
  if (problems.length > 0) return { settings: [], files: [], problems };
  return {
    settings: [
      setting('authentication-config', `${layout.configuration}/authentication.yaml`, 'AUTH-1', '1.2.1'),
      setting('client-ca-file', certificateFile(layout, 'ca'), 'AUTH-2', '1.2.25'),
      ...serviceAccountTokenSettings(layout, props.serviceAccounts),
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
        content: authenticationConfiguration(props.issuers),
        recommendation: 'AUTH-1',
        cis: ['1.2.1'],
      },
    ],
    problems: [],
  };
}

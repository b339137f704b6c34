import * as fc from 'fast-check';
import { SecretReference, type OidcIssuer } from '../../../constructs/control-plane';
import { fileOf, flags, problemsWith } from './problems';

const ISSUER: OidcIssuer = {
  url: 'https://login.example.com/realm',
  audiences: ['kubernetes'],
  username: { claim: 'sub', prefix: 'staff:' },
};

const configuration = (...issuers: readonly OidcIssuer[]) =>
  fileOf({ authentication: { issuers } }, 'authentication.yaml')!;
const entry = (issuer: Partial<OidcIssuer>) =>
  (configuration({ ...ISSUER, ...issuer })['jwt'] as Record<string, never>[])[0]!;
const refused = (issuer: Readonly<Record<string, unknown>>) =>
  problemsWith({ authentication: { issuers: [{ ...ISSUER, ...issuer }] } });

describe('issuers', () => {
  test('an issuer is rendered beside the anonymous paths, and takes any of its audiences', () => {
    expect(configuration(ISSUER)).toMatchObject({
      anonymous: { conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }] },
      jwt: [
        {
          issuer: { url: ISSUER.url, audiences: ['kubernetes'], audienceMatchPolicy: 'MatchAny' },
          claimMappings: { username: { claim: 'sub', prefix: 'staff:' } },
        },
      ],
    });
  });

  test('names of Kubernetes and of keelson itself are refused, whatever else is asked', () => {
    const mine = { expression: 'user.username != "staff:root"', message: 'not root' };
    const rules = entry({ userRules: [mine] })['userValidationRules'] as never as { expression: string }[];
    expect(rules.map(({ expression }) => expression)).toEqual([
      "!user.username.startsWith('system:') && !user.username.startsWith('keelson:')",
      "user.groups.all(group, !group.startsWith('system:') && !group.startsWith('keelson:'))",
      mine.expression,
    ]);
  });

  test('a prefix stands before what an expression gives, too', () => {
    const { username, groups } = entry({
      username: { expression: 'claims.sub', prefix: 'a"b:' },
      groups: { expression: 'claims.roles', prefix: 'team:' },
    })['claimMappings'] as never as Record<string, unknown>;
    expect(username).toEqual({ expression: '"a\\"b:" + (claims.sub)' });
    expect(groups).toEqual({ expression: 'dyn(claims.roles).map(name, "team:" + name)' });
  });

  test('an expression that leaves its brackets, and so loses the prefix, makes nobody a user', () => {
    const { claimMappings, userValidationRules } = entry({
      username: { expression: "claims.sub) == '' ? '' : (claims.sub", prefix: 'staff:' },
      groups: { expression: 'claims.roles) + dyn(claims.roles', prefix: 'team:' },
    }) as never as {
      claimMappings: Record<'username' | 'groups', { expression: string }>;
      userValidationRules: { expression: string }[];
    };
    // Both are sound CEL that the API server would take, and both give names as a token has them.
    const { username, groups } = claimMappings;
    expect(username.expression).toBe("\"staff:\" + (claims.sub) == '' ? '' : (claims.sub)");
    expect(groups.expression).toBe('dyn(claims.roles) + dyn(claims.roles).map(name, "team:" + name)');
    expect(userValidationRules.map(({ expression }) => expression)).toEqual(
      expect.arrayContaining([
        'user.username.startsWith("staff:")',
        'user.groups.all(group, group.startsWith("team:"))',
      ]),
    );
  });

  test.each([
    [{ claim: 'email', prefix: 'staff:' }, true],
    [{ expression: 'claims["email"]', prefix: 'staff:' }, true],
    [{ claim: 'sub', prefix: 'staff:' }, false],
    [{ expression: 'claims.email_hash', prefix: 'staff:' }, false],
  ] as const)('%j asks for a verified address: %s', (username, asks) => {
    expect(
      JSON.stringify(entry({ username })).includes('claims.?email_verified.orValue(false) == true'),
    ).toBe(asks);
  });
});

describe('what is refused', () => {
  test.each([
    'http://login.example.com',
    'https://user:password@login.example.com',
    'https://login.example.com?a=b',
    'https://login.example.com/#top',
    'login.example.com',
    '',
    7,
  ])('the URL %j', (url) => {
    expect(refused({ url })).toEqual([expect.stringContaining('authentication.issuers[0].url')]);
  });

  test.each(['system:', 'system:masters:', 'sys', 's', 'keelson:', 'keel'])('the prefix %j', (prefix) => {
    expect(refused({ username: { claim: 'sub', prefix } })).toHaveLength(1);
    expect(refused({ groups: { expression: 'claims.roles', prefix } })).toHaveLength(1);
  });

  test('an empty prefix', () => {
    expect(refused({ username: { claim: 'sub', prefix: '' } })).not.toEqual([]);
  });

  test('no prefix, claim and expression at once, neither', () => {
    for (const username of [
      { claim: 'sub' },
      { claim: 'a', expression: 'b', prefix: 'c:' },
      { prefix: 'c:' },
    ]) {
      expect(refused({ username })).toHaveLength(1);
    }
  });

  test('two rules for one claim, of which only one could be kept', () => {
    const rule = (requiredValue: string) => ({ claim: 'hd', requiredValue });
    expect(refused({ claimRules: [rule('a'), rule('b')] })).toHaveLength(1);
    expect(refused({ claimRules: [rule('a')] })).toEqual([]);
  });

  test('a key in place of a certificate, and it is not repeated', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n';
    const [problem] = refused({ certificateAuthority: key });
    expect(problem).toContain('It is not certificates in PEM alone.');
    expect(problem).not.toContain('MC4CAQ');
  });

  test('everything at once, with what nobody knows', () => {
    expect(
      problemsWith({
        authentication: {
          issuers: [{ ...ISSUER, url: 'http://x', audiences: [], skipVerify: true }],
          staticTokens: '/tokens.csv',
          serviceAccounts: { maxLifetimeHours: 25, issuer: 'http://x', acceptedKeys: ['sa', '../ca'] },
        },
      }),
    ).toEqual([
      'authentication.issuers[0].url: It is no https URL, or has a user, a query or a fragment.',
      'authentication.issuers[0].audiences: It has 0 elements.',
      'authentication.issuers[0]: There is no setting skipVerify.',
      'authentication.serviceAccounts.issuer: It is no https URL, or has a user, a query or a fragment.',
      'authentication.serviceAccounts.acceptedKeys[0]: It is no name for a further key.',
      'authentication.serviceAccounts.acceptedKeys[1]: It is no name for a further key.',
      'authentication.serviceAccounts.maxLifetimeHours: It is 25.',
      'authentication: There is no setting staticTokens.',
    ]);
  });

  test('issuers that could speak for each other, or for service accounts', () => {
    const other = { ...ISSUER, url: 'https://other.example.com' };
    const own = { ...ISSUER, url: 'https://kubernetes.default.svc.cluster.local' };
    const both = (second: OidcIssuer) => problemsWith({ authentication: { issuers: [ISSUER, second] } });
    expect(both(ISSUER)).toHaveLength(2);
    expect(both(other)).toEqual([
      'authentication.issuers[1].username.prefix: "staff:" and "staff:" of issuers[0] can make the same name.',
    ]);
    expect(both({ ...other, username: { claim: 'sub', prefix: 'staff:x' } })).toHaveLength(1);
    expect(both({ ...other, username: { claim: 'sub', prefix: 'guests:' } })).toEqual([]);
    expect(both({ ...own, username: { claim: 'sub', prefix: 'guests:' } })).toEqual([
      expect.stringContaining('is the issuer of service accounts'),
    ]);
  });

  test('anything: it is refused or rendered, and never fails otherwise', () => {
    const deep = fc.anything({ maxDepth: 4 });
    fc.assert(
      fc.property(deep, deep, (issuer, serviceAccounts) => {
        problemsWith({ authentication: { issuers: [issuer], serviceAccounts } });
        problemsWith({ authentication: issuer, authorization: serviceAccounts });
        problemsWith({ audit: issuer, admission: serviceAccounts });
      }),
      { numRuns: 300 },
    );
  });
});

describe('tokens of service accounts', () => {
  test('one issuer and one key sign, others are taken', () => {
    const serviceAccounts = {
      issuer: 'https://new.example.com',
      acceptedIssuers: ['https://old.example.com', 'https://new.example.com'],
      acceptedKeys: ['sa-2026', 'sa-2026'],
      maxLifetimeHours: 2,
    };
    const props = { authentication: { serviceAccounts } };
    expect(flags(props, 'service-account-issuer')).toEqual([
      'https://new.example.com',
      'https://old.example.com',
    ]);
    expect(flags(props, 'service-account-key-file')).toEqual(['/k/pki/sa.pub', '/k/pki/sa-2026.pub']);
    expect(flags(props, 'service-account-signing-key-file')).toEqual(['/k/pki/sa.key']);
    expect(flags(props, 'service-account-max-token-expiration')).toEqual(['2h']);
  });
});

describe('authorization', () => {
  const webhook = {
    name: 'opa',
    url: 'https://opa.example.com/authorize',
    credential: { token: new SecretReference('opa/token') },
    matchConditions: ['!("system:nodes" in request.groups)'],
  };

  test('is the flag that scanners read, unless there is a webhook', () => {
    expect(flags({}, 'authorization-mode')).toEqual(['Node,RBAC']);
    expect(flags({}, 'authorization-config')).toEqual([]);
    const props = { authorization: { webhooks: [webhook] } };
    expect(flags(props, 'authorization-mode')).toEqual([]);
    expect(flags(props, 'authorization-config')).toEqual(['/k/config/authorization.yaml']);
  });

  test('with a webhook: Node before it, RBAC after it, and a failure refuses', () => {
    const props = { authorization: { webhooks: [webhook] } };
    expect(fileOf(props, 'authorization.yaml')?.['authorizers']).toEqual([
      { type: 'Node', name: 'node' },
      {
        type: 'Webhook',
        name: 'opa',
        webhook: expect.objectContaining({
          failurePolicy: 'Deny',
          matchConditions: [{ expression: webhook.matchConditions[0] }],
        }),
      },
      { type: 'RBAC', name: 'rbac' },
    ]);
    expect(JSON.stringify(fileOf(props, 'authorization-opa.conf'))).toContain(
      '"user":{"token":"<secret opa/token>"}',
    );
  });

  test('a webhook without conditions, without a credential, of a name that is taken', () => {
    const refusedWebhook = (change: Readonly<Record<string, unknown>>) =>
      problemsWith({ authorization: { webhooks: [{ ...webhook, ...change }] } });
    expect(refusedWebhook({ matchConditions: [] })).toHaveLength(1);
    expect(refusedWebhook({ credential: undefined })).toHaveLength(1);
    expect(refusedWebhook({ credential: { token: 'a text' } })).toHaveLength(1);
    expect(refusedWebhook({ name: 'rbac' })).toHaveLength(1);
    expect(refusedWebhook({ url: 'http://opa.example.com' })).toHaveLength(1);
    expect(refusedWebhook({ failurePolicy: 'NoOpinion' })).toHaveLength(1);
  });
});

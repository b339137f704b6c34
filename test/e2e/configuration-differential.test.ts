/** What is rendered for the API server, read by the API server's own code. */
import * as fc from 'fast-check';
import {
  auditLevel,
  auditPolicy,
  authenticationConfiguration,
  authenticationProblems,
  type AuditRule,
  type OidcIssuer,
} from '../../constructs/control-plane';
import { auditRequests, auditRule, sensitiveRequests } from '../unit/control-plane/audit-arbitraries';
import { askApiServer } from '../tools/cel-harness/configuration/configuration';

const policy = (rules: readonly AuditRule[]) => ({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules });

test('our evaluator of audit policies and that of the API server come to the same level', () => {
  const sensitive = sensitiveRequests().map((all) => all.map(([, request]) => request));
  const cases = fc.sample(
    fc.tuple(
      fc.array(auditRule(), { minLength: 1, maxLength: 6 }),
      fc.array(auditRequests(), { minLength: 20, maxLength: 20 }),
      sensitive,
    ),
    1000,
  );
  const asked = cases.map(([rules, some, others]) => ({ rules, requests: [...some, ...others] }));
  const answers = askApiServer(asked.map(({ rules, requests }) => ({ policy: policy(rules), requests })));
  const seen = new Set<string>();
  asked.forEach(({ rules, requests }, index) => {
    // The API server takes no rule for resources and paths at once; none is made.
    expect(answers[index]!.errors).toEqual([]);
    const levels = requests.map((request) => auditLevel(rules, request));
    expect(answers[index]!.levels).toEqual(levels);
    for (const level of levels) seen.add(level);
  });
  expect([...seen].sort()).toEqual(['Metadata', 'None', 'Request', 'RequestResponse']);
}, 600_000);

test('the policy of every cluster is one that the API server takes', () => {
  const [answer] = askApiServer([{ policy: auditPolicy(), requests: [] }]);
  expect(answer!.errors).toEqual([]);
});

const name = fc.constantFrom('sub', 'email', 'preferred_username', 'realm_access.roles', 'a"b', "it's");
const prefix = fc.constantFrom('staff:', 'a"b:', "it's:", 'ü:', '\\n:', 'x', 'key');
const expression = fc.constantFrom(
  'claims.sub',
  'claims["email"]',
  'claims.email',
  'claims.?roles.orValue([])',
  'claims.email_verified ? claims.email : claims.sub',
);
const source = fc.oneof(fc.record({ claim: name, prefix }), fc.record({ expression, prefix }));
const path = fc.webPath().map((text) => `https://login.example.com:8443${text}`);
const anyUrl = fc.webUrl({ validSchemes: ['https', 'http'], withQueryParameters: true, withFragments: true });
const url = fc.oneof(
  { weight: 4, arbitrary: path },
  { weight: 1, arbitrary: anyUrl },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'https://[::1]:8443/x',
      'https://a b',
      'https://u@a.example.com',
      'https://a/%zz',
    ),
  },
);
const rule = fc.constantFrom(
  'user.uid != ""',
  "!user.username.startsWith('system:')",
  'size(user.groups) > 0',
);
const issuer = fc.record(
  {
    url,
    audiences: fc.subarray(['kubernetes', 'x', 'y'], { minLength: 1 }),
    username: source,
    discoveryUrl: url,
    groups: source,
    uid: fc.oneof(fc.record({ claim: name }), fc.record({ expression })),
    extra: fc.dictionary(fc.constantFrom('example.com/a', 'a.b/c_d', 'a-b.example/x/y'), expression, {
      maxKeys: 2,
    }),
    claimRules: fc.array(
      fc.oneof(
        fc.record({ claim: fc.constantFrom('hd', 'acr'), requiredValue: fc.constant('example.com') }),
        fc.record({
          expression: fc.constantFrom('claims.exp > 0', 'claims.?email_verified.orValue(false) == true'),
          message: fc.constant('no'),
        }),
      ),
      { maxLength: 2 },
    ),
    userRules: fc.array(fc.record({ expression: rule, message: fc.constant('no') }), { maxLength: 2 }),
  },
  { requiredKeys: ['url', 'audiences', 'username'] },
);

test('every list of issuers that passes our check is one that the API server takes', () => {
  const made = fc
    .sample(fc.array(issuer, { minLength: 1, maxLength: 2 }), 1000)
    .filter((issuers) => authenticationProblems({ issuers: issuers as OidcIssuer[] }).length === 0);
  expect(made.length).toBeGreaterThan(100);
  const answers = askApiServer(
    made.map((issuers) => ({ authentication: authenticationConfiguration(issuers as OidcIssuer[]) })),
  );
  const refused = answers.flatMap(({ errors }, index) => (errors.length > 0 ? [[made[index], errors]] : []));
  expect(refused).toEqual([]);
}, 600_000);

test('it is the code that refuses what the API server refuses', () => {
  const bad = authenticationConfiguration([
    { url: 'http://a', audiences: [], username: { expression: 'no such', prefix: 'a:' } },
  ]);
  const [answer] = askApiServer([{ authentication: bad }]);
  expect(answer!.errors.length).toBeGreaterThan(2);
});

import * as fc from 'fast-check';
import {
  auditLevel,
  auditPolicy,
  auditRules,
  AUDIT_GUARANTEES,
  AUDIT_LEVELS,
  BREAK_GLASS_GROUP,
  guaranteeProblems,
  PROTECTED_AUDIT_RULES,
  SecretReference,
  type AddedAuditRule,
  type AuditLevel,
  type AuditRequest,
  type AuditRule,
} from '../../../constructs/control-plane';
import { fileOf, flags, problemsWith } from './problems';
import { auditRequests, auditRule, sensitiveRequests } from './audit-arbitraries';

interface Asked {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly path?: string;
}

function request({
  user = 'jane',
  groups = [],
  verb = 'get',
  group = '',
  resource,
  path = '/api',
}: Asked): AuditRequest {
  const [name = '', subresource] = (resource ?? '').split('/');
  return { user, groups, verb, path, ...(resource && { resource: { group, name, subresource } }) };
}

test.each<[string, Asked, AuditLevel]>([
  ['a Secret that is read', { resource: 'secrets' }, 'Metadata'],
  ['a Secret that is written', { resource: 'secrets', verb: 'create' }, 'Metadata'],
  ['a ConfigMap that is written', { resource: 'configmaps', verb: 'update' }, 'Metadata'],
  ['a token that is issued', { resource: 'serviceaccounts/token', verb: 'create' }, 'Metadata'],
  ['a token under review', { group: 'authentication.k8s.io', resource: 'tokenreviews' }, 'Metadata'],
  ['exec', { resource: 'pods/exec', verb: 'create' }, 'RequestResponse'],
  ['exec over WebSocket', { resource: 'pods/exec', verb: 'get' }, 'RequestResponse'],
  ['attach', { resource: 'pods/attach', verb: 'create' }, 'RequestResponse'],
  ['port-forward', { resource: 'pods/portforward', verb: 'create' }, 'RequestResponse'],
  ['a debug container', { resource: 'pods/ephemeralcontainers', verb: 'patch' }, 'Request'],
  ['the kubelet through the API', { resource: 'nodes/proxy' }, 'RequestResponse'],
  [
    'a role that changes',
    { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb: 'patch' },
    'RequestResponse',
  ],
  [
    'a binding that goes',
    { group: 'rbac.authorization.k8s.io', resource: 'rolebindings', verb: 'delete' },
    'RequestResponse',
  ],
  [
    'an admission policy that changes',
    { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies', verb: 'update' },
    'RequestResponse',
  ],
  ['labels of a namespace', { resource: 'namespaces', verb: 'patch' }, 'RequestResponse'],
  ['a role that is read', { group: 'rbac.authorization.k8s.io', resource: 'roles' }, 'Metadata'],
  ['a pod that is created', { resource: 'pods', verb: 'create' }, 'Metadata'],
  ['a custom resource', { group: 'example.com', resource: 'widgets', verb: 'create' }, 'Metadata'],
  ['a health check', { path: '/readyz' }, 'None'],
  ['part of a health check', { path: '/livez/etcd' }, 'None'],
  ['another path', { path: '/metrics' }, 'Metadata'],
  ['a read of the scheduler', { user: 'system:kube-scheduler', resource: 'pods', verb: 'watch' }, 'None'],
  [
    'a Secret read by the controller manager',
    { user: 'system:kube-controller-manager', resource: 'secrets', verb: 'list' },
    'Metadata',
  ],
  [
    'a change by the scheduler',
    { user: 'system:kube-scheduler', resource: 'pods/binding', verb: 'create' },
    'Metadata',
  ],
  ['a watch of a node', { groups: ['system:nodes'], resource: 'pods', verb: 'watch' }, 'None'],
  ['a Secret read by a node', { groups: ['system:nodes'], resource: 'secrets', verb: 'get' }, 'Metadata'],
  ['a pod read behind broken glass', { groups: [BREAK_GLASS_GROUP], resource: 'pods' }, 'RequestResponse'],
  ['a Secret read behind broken glass', { groups: [BREAK_GLASS_GROUP], resource: 'secrets' }, 'Metadata'],
])('%s', (_, asked, level) => {
  expect(auditLevel(auditRules(), request(asked))).toBe(level);
});

/** Whether a request is logged as the guarantee says. */
function isKept(rules: readonly AuditRule[], asked: AuditRequest, guarantee: number): boolean {
  const { least, most } = AUDIT_GUARANTEES[guarantee]!;
  const rank = AUDIT_LEVELS.indexOf(auditLevel(rules, asked));
  return rank >= AUDIT_LEVELS.indexOf(least) && rank <= AUDIT_LEVELS.indexOf(most);
}

describe('guarantees', () => {
  test('the policy keeps them, and breaks one as soon as the rule for it is gone', () => {
    expect(guaranteeProblems(auditRules(), 'rules')).toEqual([]);
    AUDIT_GUARANTEES.forEach((guarantee, index) => {
      const without = auditRules().filter((rule) => rule !== PROTECTED_AUDIT_RULES[index + 1]);
      const [problem] = guaranteeProblems(without, 'rules');
      // What is never beyond Metadata is also what the last rule does; but the silent ones come before it.
      expect([guarantee.what, problem?.code]).toEqual([guarantee.what, 'construct/invalid']);
    });
  });

  test('policies that were made up: where the check has nothing to say, each guarantee holds for whoever asks', () => {
    let passed = 0;
    fc.assert(
      fc.property(
        fc.array(auditRule(), { maxLength: 5 }),
        fc.nat(),
        sensitiveRequests(),
        (made, seed, asked) => {
          const at = seed % (auditRules().length + 1);
          const rules = [...auditRules().slice(0, at), ...made, ...auditRules().slice(at)];
          if (guaranteeProblems(rules, 'rules').length > 0) return true;
          passed++;
          return asked.every(([guarantee, one]) => isKept(rules, one, guarantee));
        },
      ),
      { numRuns: 2000 },
    );
    expect(passed).toBeGreaterThan(200);
  });

  test('a policy that breaks one for any request that was tried is refused', () => {
    let broken = 0;
    fc.assert(
      fc.property(fc.array(auditRule(), { maxLength: 5 }), sensitiveRequests(), (rules, asked) => {
        if (asked.every(([guarantee, one]) => isKept(rules, one, guarantee))) return true;
        broken++;
        return guaranteeProblems(rules, 'rules').length > 0;
      }),
      { numRuns: 1000 },
    );
    expect(broken).toBeGreaterThan(100);
  });

  test.each<[string, AuditRule]>([
    ['all', { level: 'RequestResponse' }],
    ['all resources of all groups', { level: 'Request', resources: [{ group: '*' }] }],
    ['all of the core group', { level: 'Request', resources: [{ group: '' }] }],
    ['a wildcard', { level: 'RequestResponse', resources: [{ group: '', resources: ['*'] }] }],
    [
      'one Secret',
      { level: 'Request', resources: [{ group: '', resources: ['secrets'], resourceNames: ['x'] }] },
    ],
    ['tokens by a wildcard', { level: 'Request', resources: [{ group: '', resources: ['*/token'] }] }],
    [
      'tokens by the other',
      { level: 'Request', resources: [{ group: '', resources: ['serviceaccounts/*'] }] },
    ],
    ['one namespace', { level: 'RequestResponse', namespaces: ['shop'] }],
    ['one user', { level: 'RequestResponse', users: ['jane'] }],
    ['one user whose Secrets are not logged', { level: 'None', users: ['jane'] }],
    ['roles of one group', { level: 'Metadata', userGroups: ['admins'], verbs: ['patch'] }],
    [
      'bindings',
      { level: 'None', resources: [{ group: 'rbac.authorization.k8s.io', resources: ['rolebindings'] }] },
    ],
  ])('before the others: %s', (_, rule) => {
    const [health, ...others] = auditRules();
    expect(guaranteeProblems([health!, rule, ...others], 'rules')[0]?.where).toBe('rules[1]');
  });

  test('a policy that ends too early logs nothing of the rest', () => {
    expect(guaranteeProblems([], 'rules').length).toBeGreaterThanOrEqual(AUDIT_GUARANTEES.length);
  });
});

describe('rules that are added', () => {
  const added: AddedAuditRule = {
    level: 'RequestResponse',
    what: { verbs: ['create', 'delete'], resources: [{ group: 'apps' }] },
  };

  test('come after the protected ones and before the silent ones', () => {
    const rules = auditRules([added]);
    expect(rules.indexOf(rules.find(({ resources }) => resources?.[0]?.group === 'apps')!)).toBe(
      PROTECTED_AUDIT_RULES.length,
    );
    const asked = request({ user: 'system:kube-controller-manager', group: 'apps', resource: 'replicasets' });
    expect(auditLevel(rules, { ...asked, verb: 'create' })).toBe('RequestResponse');
    expect(auditLevel(rules, { ...asked, verb: 'watch' })).toBe('None');
    expect(fileOf({ audit: { rules: [added] } }, 'audit-policy.yaml')?.['rules']).toEqual(rules);
  });

  test('whatever they are: what is protected stays as it is', () => {
    fc.assert(
      fc.property(
        fc.array(auditRule(), { maxLength: 5 }),
        sensitiveRequests(),
        auditRequests(),
        (made, asked, any) => {
          const rules = auditRules(
            made.map(
              ({ level, users, userGroups, ...what }) =>
                ({ level, who: { users, userGroups }, what }) as never,
            ),
          );
          expect(asked.every(([guarantee, one]) => isKept(rules, one, guarantee))).toBe(true);
          expect(auditLevel(auditRules(), any) === 'RequestResponse').toBe(
            auditLevel(PROTECTED_AUDIT_RULES, any) === 'RequestResponse',
          );
        },
      ),
    );
  });

  const silent = {
    level: 'None',
    who: { users: ['prometheus'] },
    what: { verbs: ['list'], resources: [{ group: '', resources: ['pods'] }] },
  };

  test('silence is for named reads of named users', () => {
    expect(problemsWith({ audit: { rules: [silent] } })).toEqual([]);
    expect(
      problemsWith({
        audit: { rules: [{ ...silent, what: { verbs: ['get'], nonResourceURLs: ['/metrics'] } }] },
      }),
    ).toEqual([]);
    const refused = (change: object) => problemsWith({ audit: { rules: [{ ...silent, ...change }] } });
    expect(refused({ who: undefined })).toEqual([
      'audit.rules[0].who.users: A rule that is silent names no user.',
    ]);
    expect(refused({ who: { userGroups: ['system:authenticated'] } })).toHaveLength(1);
    expect(refused({ what: { resources: silent.what.resources } })).toHaveLength(1);
    expect(refused({ what: { ...silent.what, verbs: ['list', 'delete'] } })).toHaveLength(1);
    for (const resources of [
      [{ group: '*', resources: ['pods'] }],
      [{ group: '' }],
      [{ group: '', resources: ['*'] }],
    ]) {
      expect(refused({ what: { verbs: ['list'], resources } })).toHaveLength(1);
    }
    expect(refused({ what: { verbs: ['get'], nonResourceURLs: ['/*'] } })).toHaveLength(1);
  });

  test.each(['secrets', 'configmaps', 'serviceaccounts/token', 'pods/exec'])(
    '%s have their rule already',
    (resource) => {
      const what = { resources: [{ group: '', resources: [resource] }] };
      for (const level of AUDIT_LEVELS) {
        expect(problemsWith({ audit: { rules: [{ level, what }] } })[0]).toContain('is always logged at');
      }
    },
  );

  test('what no policy has is refused, all at once', () => {
    expect(
      problemsWith({
        audit: {
          rules: [{ level: 'Everything', what: {} }],
          log: { maxAgeDays: 7, maxFiles: 0, path: '/dev/null' },
          policy: 'mine.yaml',
        },
      }),
    ).toEqual([
      'audit.log.maxAgeDays: It is 7.',
      'audit.log.maxFiles: It is 0.',
      'audit.log: There is no setting path.',
      'audit: There is no setting policy.',
      'audit.rules[0].level: It is "Everything".',
      'audit.rules[0].what: It is neither { resources } nor { nonResourceURLs } as the audit policy has them.',
    ]);
  });
});

test('every request that matches no other rule is still logged', () => {
  expect(auditRules().at(-1)).toEqual({ level: 'Metadata' });
  expect(auditPolicy()).toMatchObject({
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: auditRules(),
  });
});

describe('log and webhook', () => {
  const webhook = {
    url: 'https://siem.example.com/audit',
    credential: { certificateFile: '/pki/siem.crt', keyFile: '/pki/siem.key' },
    batchWaitSeconds: 5,
  };

  test('the log is kept longer where that was said, and stays on beside a webhook', () => {
    const props = {
      audit: { log: { maxAgeDays: 90, maxFiles: 20, maxFileMegabytes: 200, compress: true }, webhook },
    };
    expect(
      ['maxage', 'maxbackup', 'maxsize', 'compress', 'path', 'mode'].map((name) =>
        flags(props, `audit-log-${name}`),
      ),
    ).toEqual([['90'], ['20'], ['200'], ['true'], ['/var/log/k/audit.log'], ['blocking']]);
  });

  test('a webhook is sent batches, so that no request waits for it', () => {
    expect(flags({ audit: { webhook } }, 'audit-webhook-mode')).toEqual(['batch']);
    expect(flags({ audit: { webhook } }, 'audit-webhook-batch-max-wait')).toEqual(['5s']);
    expect(fileOf({ audit: { webhook } }, 'audit-webhook.conf')).toMatchObject({
      clusters: [{ cluster: { server: webhook.url } }],
      users: [{ user: { 'client-certificate': '/pki/siem.crt', 'client-key': '/pki/siem.key' } }],
    });
    expect(flags({}, 'audit-webhook-mode')).toEqual([]);
  });

  test('a webhook that cannot be trusted is refused', () => {
    for (const change of [
      { url: 'http://siem.example.com' },
      { credential: undefined },
      { credential: { token: 'plain text' } },
      { credential: { certificateFile: 'siem.crt', keyFile: '/pki/siem.key' } },
      { mode: 'blocking' },
      { bufferSize: 1 },
    ]) {
      expect(problemsWith({ audit: { webhook: { ...webhook, ...change } } })).toHaveLength(1);
    }
    expect(
      problemsWith({ audit: { webhook: { ...webhook, credential: { token: new SecretReference('t') } } } }),
    ).toEqual([]);
  });
});

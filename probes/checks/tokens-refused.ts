import { generateKeyPairSync, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { withCanarySecret } from '../canary-secret';
import type { ApiClient } from '../client/api-client';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const DAY_SECONDS = 24 * 3600;

/** A token as the API server issued it. Secret. */
interface Issued {
  readonly token: string;
  readonly expirationTimestamp: string;
}

export default defineProbe({
  id: 'tokens-refused',
  recommendations: ['AUTH-2'],
  claim:
    'Tokens of service accounts that are forged, unsigned, for another audience or bound to what is gone get 401, as do basic auth and static tokens; none lasts longer than a day.',
  open: 'expired tokens (none lasts less than ten minutes) and tokens of OIDC issuers (the probe can sign none) are not tried',
  run: async ({ client }) => {
    const anonymous = client.anonymous();
    const review = async (authorization: string): Promise<number> => {
      const headers = { authorization };
      return (await anonymous.send({ method: 'POST', path: REVIEW, body: {}, headers })).status;
    };
    try {
      const good = await issue(client, { expirationSeconds: 30 * DAY_SECONDS });
      if (good === undefined) return unavailable('no token of default/default is issued');
      const attempts: Attempt[] = [lifetime(good)];
      const attempt = async (what: string, authorization: string, expected = 401): Promise<void> => {
        const status = await review(authorization);
        attempts.push({ attempt: `ask with ${what}`, seen: `HTTP ${status}`, ok: status === expected });
      };
      await attempt('a good token', `Bearer ${good.token}`, 201);
      for (const [what, token] of bad(good.token)) await attempt(what, `Bearer ${token}`);
      const elsewhere = await issue(client, { audiences: ['keelson-probe'] });
      await attempt('a token for another audience', `Bearer ${elsewhere?.token}`);
      const bound = await withCanarySecret(client, async ({ name }) => {
        const spec = { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name } };
        await attempt('a token bound to a Secret', `Bearer ${(await issue(client, spec))?.token}`, 201);
        return issue(client, spec);
      });
      // An API server remembers a token that it took for ten seconds, so this one was not shown to it before.
      for (let tries = 0; tries < 60 && (await review(`Bearer ${bound?.token}`)) === 201; tries++)
        await sleep(250);
      await attempt('another such token, its Secret removed', `Bearer ${bound?.token}`);
      await attempt('basic auth', `Basic ${Buffer.from('admin:admin').toString('base64')}`);
      await attempt('a static token', 'Bearer admin');
      return resultOf(attempts);
    } finally {
      anonymous.close();
    }
  },
});

async function issue(
  client: ApiClient,
  spec: Readonly<Record<string, unknown>>,
): Promise<Issued | undefined> {
  const answer = await client.send({
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts/default/token',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
  });
  return answer.status === 201 ? answer.json<{ status: Issued }>()?.status : undefined;
}

function lifetime({ expirationTimestamp }: Issued): Attempt {
  const seconds = Math.round((Date.parse(expirationTimestamp) - Date.now()) / 1000);
  return {
    attempt: 'ask for a token of 30 days',
    seen: `one of ${(seconds / 3600).toFixed(1)} hours`,
    // A clock may be some minutes off.
    ok: seconds <= DAY_SECONDS + 300,
  };
}

/** What is made of a good token: each is wrong in one thing. */
function bad(token: string): readonly (readonly [what: string, token: string])[] {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const decoded = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  const other = encode({ ...decoded, sub: 'system:serviceaccount:kube-system:default' });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const es256 = encode({ alg: 'ES256' });
  const forged = sign('sha256', Buffer.from(`${es256}.${claims}`), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return [
    ['a token whose claims were changed', `${header}.${other}.${signature}`],
    ['a token without its signature', `${header}.${claims}.`],
    ['a token that says it needs no signature', `${encode({ alg: 'none' })}.${claims}.`],
    ['a token signed with another key', `${es256}.${claims}.${forged.toString('base64url')}`],
  ];
}

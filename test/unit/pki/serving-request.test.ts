import fc from 'fast-check';
import {
  judgeServingRequest,
  readCertificateRequest,
  type ServingNode,
  type ServingRequest,
} from '../../../pki';
import { x509 } from '../../../pki/x509';
import { requestPem, type RequestChange } from '../support/serving-request';

const MACHINES = [
  { name: 'n1', addresses: ['192.0.2.1', '2001:db8::1', 'n1.example.com'] },
  { name: 'n2', addresses: ['192.0.2.2'] },
];
const NODE: ServingNode = {
  name: 'n1',
  addresses: [
    { type: 'Hostname', address: 'n1' },
    { type: 'InternalIP', address: '192.0.2.1' },
    { type: 'InternalIP', address: '2001:DB8:0:0::1' },
    { type: 'InternalDNS', address: 'n1.example.com' },
    // What a node that was broken into may write of itself.
    { type: 'ExternalIP', address: '192.0.2.2' },
    { type: 'ExternalDNS', address: 'kubernetes.default.svc' },
  ],
};

function asked(pem: string, change: Partial<ServingRequest> = {}): ServingRequest {
  return {
    signerName: 'kubernetes.io/kubelet-serving',
    username: 'system:node:n1',
    groups: ['system:nodes', 'system:authenticated'],
    usages: ['digital signature', 'server auth'],
    pem,
    ...change,
  };
}

/** The decision, with the reason where there is one. */
async function verdict(
  form: RequestChange = {},
  change: Partial<ServingRequest> = {},
  node: ServingNode | undefined = NODE,
): Promise<string> {
  const judged = await judgeServingRequest(asked(await requestPem(form), change), node, MACHINES);
  return judged.decision === 'approve' ? 'approve' : `${judged.decision} ${judged.reason}`;
}

const dns = (...values: string[]) => values.map((value) => ({ type: 'dns' as const, value }));
const ip = (...values: string[]) => values.map((value) => ({ type: 'ip' as const, value }));

describe('approved is what a kubelet asks', () => {
  test.each<[string, RequestChange, string[]]>([
    ['on P-256', {}, ['digital signature', 'server auth']],
    [
      'on P-384',
      { algorithm: { namedCurve: 'P-384' }, hash: 'SHA-384' },
      ['server auth', 'digital signature'],
    ],
    [
      'on P-521',
      { algorithm: { namedCurve: 'P-521' }, hash: 'SHA-512' },
      ['server auth', 'digital signature'],
    ],
    ['on Ed25519', { algorithm: { name: 'Ed25519' } }, ['server auth', 'digital signature']],
    [
      'with RSA',
      {
        algorithm: {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: 2048,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: 'SHA-256',
        },
      },
      ['digital signature', 'key encipherment', 'server auth'],
    ],
    [
      'CN before O',
      { subject: [{ CN: ['system:node:n1'] }, { O: ['system:nodes'] }] },
      ['digital signature', 'server auth'],
    ],
    ['by address alone', { names: ip('192.0.2.1', '2001:db8::1') }, ['digital signature', 'server auth']],
    [
      'by another name that was declared',
      { names: dns('n1.example.com') },
      ['digital signature', 'server auth'],
    ],
  ])('%s', async (_, form, usages) => {
    expect(await verdict(form, { usages })).toBe('approve');
  });
});

describe('denied is', () => {
  const subject = (...parts: { [type: string]: string[] }[]): RequestChange => ({ subject: parts });
  const [O, CN] = [{ O: ['system:nodes'] }, { CN: ['system:node:n1'] }];
  test.each<[string, string, RequestChange, Partial<ServingRequest>?]>([
    ['a person', 'NotANode', {}, { username: 'jane' }],
    ['one outside the group', 'NotANode', {}, { groups: ['system:authenticated'] }],
    ['a name that is no node’s', 'NotANode', {}, { username: 'system:node:../n1' }],
    ['a node that was not declared', 'NotDeclared', {}, { username: 'system:node:n9' }],
    ['another node', 'Subject', subject(O, { CN: ['system:node:n2'] })],
    ['another organization', 'Subject', subject({ O: ['system:masters'] }, CN)],
    ['an organization more', 'Subject', subject(O, { O: ['system:masters'] }, CN)],
    ['an organization more in one part', 'Subject', subject({ O: ['system:nodes', 'system:masters'] }, CN)],
    ['no organization', 'Subject', subject(CN)],
    ['a second name', 'Subject', subject(O, CN, { CN: ['system:node:n2'] })],
    ['the name twice', 'Subject', subject(CN, CN)],
    ['a unit beside it', 'Subject', subject(O, CN, { OU: ['x'] })],
    [
      'a short RSA key',
      'Key',
      {
        algorithm: {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: 1024,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: 'SHA-256',
        },
      },
    ],
    [
      'an RSA key with a small exponent',
      'Key',
      {
        algorithm: {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: 2048,
          publicExponent: new Uint8Array([3]),
          hash: 'SHA-256',
        },
      },
    ],
    ['a signature with SHA-1', 'BadRequest', { hash: 'SHA-1' }],
    ['client auth', 'Usages', {}, { usages: ['digital signature', 'server auth', 'client auth'] }],
    [
      'key encipherment without RSA',
      'Usages',
      {},
      { usages: ['digital signature', 'server auth', 'key encipherment'] },
    ],
    ['no server auth', 'Usages', {}, { usages: ['digital signature'] }],
    ['to sign certificates', 'Usages', {}, { usages: ['digital signature', 'server auth', 'cert sign'] }],
    ['no usage', 'Usages', {}, { usages: [] }],
    ['to be an authority', 'Extension', { extensions: [new x509.BasicConstraintsExtension(true, 0, true)] }],
    [
      'a usage in the request',
      'Extension',
      { extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])] },
    ],
    [
      'two lists of names',
      'Extension',
      { extensions: [new x509.SubjectAlternativeNameExtension(dns('n2'))] },
    ],
    ['a password beside it', 'Extension', { attributes: [new x509.ChallengePasswordAttribute('secret')] }],
    ['no name', 'NoNames', { names: [] }],
    ['an e-mail address', 'NameType', { names: [...dns('n1'), { type: 'email', value: 'a@example.com' }] }],
    ['a URI', 'NameType', { names: [...dns('n1'), { type: 'url', value: 'https://n1' }] }],
    ['the name of another node', 'NotDeclared', { names: dns('n1', 'n2') }],
    ['a wildcard', 'NotDeclared', { names: dns('*.example.com') }],
    ['a name that only the node itself says', 'NotDeclared', { names: dns('kubernetes.default.svc') }],
    ['an address that only the node itself says', 'NotDeclared', { names: ip('192.0.2.1', '192.0.2.2') }],
    ['a foreign address', 'NotDeclared', { names: ip('198.51.100.1') }],
    ['an address as a DNS name', 'NotOfNode', { names: dns('192.0.2.1') }],
    ['a name with a zero in it', 'NotDeclared', { names: dns('n1\0.example.com') }],
  ])('%s', async (...[, reason, form, change]) => {
    expect(await verdict(form, change)).toBe(`deny ${reason}`);
  });

  test('what was declared, and is no address of the Node', async () => {
    const node = { name: 'n1', addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] };
    expect(await verdict({ names: ip('2001:db8::1') }, {}, node)).toBe('deny NotOfNode');
  });

  test('a request whose signature or content was changed, cut or lengthened, whatever byte it is', async () => {
    const pem = await requestPem();
    const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
    const block = (bytes: Buffer): string =>
      `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    const whole = await readCertificateRequest(block(der));
    expect(typeof whole).toBe('object');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(der.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('change', 'cut', 'add'),
        async (at, by, how) => {
          const broken = Buffer.from(der);
          if (how === 'change') broken[at]! ^= by;
          const bytes =
            how === 'cut'
              ? broken.subarray(0, at)
              : how === 'add'
                ? Buffer.concat([broken, Buffer.from([by])])
                : broken;
          const judged = await judgeServingRequest(asked(block(bytes)), NODE, MACHINES);
          // What stands beside the signed part may be written in more than one way; it says nothing.
          if (judged.decision !== 'deny')
            expect([how, await readCertificateRequest(block(bytes))]).toEqual(['change', whole]);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('any text and any bytes, quickly and without an exception', async () => {
    const texts = fc.oneof(
      fc.string(),
      fc
        .uint8Array({ maxLength: 600 })
        .map(
          (bytes) =>
            `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE REQUEST-----`,
        ),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (pem) => {
        expect((await judgeServingRequest(asked(pem), NODE, MACHINES)).decision).toBe('deny');
      }),
      { numRuns: 300 },
    );
    const large = `-----BEGIN CERTIFICATE REQUEST-----\n${'A'.repeat(1e6)}\n-----END CERTIFICATE REQUEST-----`;
    expect(await readCertificateRequest(large)).toBe('it is larger than 16 KiB');
  });

  test('names by chance', async () => {
    const allowed = ['n1', 'n1.example.com'];
    const names = fc.domain().filter((name) => !allowed.includes(name));
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        expect(await verdict({ names: dns('n1', name) })).toBe('deny NotDeclared');
      }),
      { numRuns: 50 },
    );
  });
});

describe('left is', () => {
  test('what is for another signer', async () => {
    const signerName = 'kubernetes.io/kube-apiserver-client';
    expect(await verdict({}, { signerName })).toBe('leave OtherSigner');
  });

  test('a node that is not there yet, or has no addresses yet', async () => {
    const pem = await requestPem();
    expect(await judgeServingRequest(asked(pem), undefined, MACHINES)).toMatchObject({
      reason: 'NoNode',
      decision: 'leave',
    });
    expect(await verdict({}, {}, { name: 'n1', addresses: [] })).toBe('leave NoAddresses');
  });
});

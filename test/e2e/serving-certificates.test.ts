import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { approveServingCertificates } from '../../cli/approver/approver';
import { ServingCertificateApprover } from '../../constructs';
import { ApiClient } from '../../probes';
import { temporaryFolder } from '../unit/support/folders';
import { requestPem, type RequestChange } from '../unit/support/serving-request';
import { x509 } from '../../pki/x509';
import { startKeelson } from './support/keelson';
import { OwnPlane } from './support/own-plane';
import { ask, type Credentials } from './support/wire';

const NAMESPACE = 'kube-system';
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const id = randomBytes(4).toString('hex');
const [n1, n2] = [`n1-${id}`, `n2-${id}`];
const account = `approver-${id}`;
/** Its own: the policies of the own one refuse every role that approves certificates. */
const own = new OwnPlane();
let token: string;

beforeAll(async () => {
  await own.start();
  const chart = new Chart(new App(), 'chart');
  new ServingCertificateApprover(chart, 'Approver', { name: account, namespace: NAMESPACE });
  for (const object of chart.toJson() as { kind: string; metadata: { name: string } }[]) {
    const paths: Record<string, string> = {
      ServiceAccount: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`,
      ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    };
    const answer = await own.api('POST', paths[object.kind]!, object);
    if (answer.status !== 201) throw new Error(`${object.kind}: ${answer.status} ${answer.body}`);
  }
  for (const [index, name] of [n1, n2].entries()) {
    await own.api('POST', '/api/v1/nodes', { metadata: { name } });
    const addresses = [
      { type: 'Hostname', address: name },
      { type: 'InternalIP', address: `192.0.2.${index + 1}` },
      // What a node that was broken into may say of itself.
      { type: 'ExternalIP', address: '198.51.100.7' },
    ];
    const patch = await ask(own.plane.ports.apiServer, `/api/v1/nodes/${name}/status`, own.admin, {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { status: { addresses } },
    });
    expect(patch.status).toBe(200);
  }
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${account}/token`;
  const answer = await own.api('POST', path, { spec: { expirationSeconds: 3600 } });
  token = (JSON.parse(answer.body) as { status: { token: string } }).status.token;
}, 600_000);

afterAll(async () => {
  await own.clear();
});

/** Runs the approver, under its own account, until the work is done. */
async function withApprover<T>(work: (lines: string[]) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const lines: string[] = [];
  const api = new ApiClient({ server: own.plane.endpoint, ca: own.admin.ca, token });
  const machines = [n1, n2].map((name, index) => ({ name, addresses: [`192.0.2.${index + 1}`] }));
  const running = approveServingCertificates({
    ...{ api, machines, signal: stop.signal, seconds: 2, backoff: [100, 1000] },
    report: (line) => lines.push(line),
  });
  try {
    return await work(lines);
  } finally {
    stop.abort();
    await running;
    api.close();
  }
}

interface Request {
  readonly form?: RequestChange;
  readonly usages?: readonly string[];
  readonly signerName?: string;
  readonly by?: Credentials;
}

const node = (name: string): Promise<Credentials> =>
  own.signed({ commonName: `system:node:${name}`, organizations: ['system:nodes'] });
const ours: Required<Pick<RequestChange, 'subject'>> = {
  subject: [{ O: ['system:nodes'] }, { CN: [`system:node:${n1}`] }],
};
const dns = (...values: string[]) => values.map((value) => ({ type: 'dns' as const, value }));
const ip = (...values: string[]) => values.map((value) => ({ type: 'ip' as const, value }));
const GOOD = [...dns(n1), ...ip('192.0.2.1')];

async function create({ form, usages, signerName, by }: Request): Promise<string> {
  const name = `csr-${randomBytes(6).toString('hex')}`;
  const pem = await requestPem({ ...ours, names: GOOD, ...form });
  const spec = {
    request: Buffer.from(pem).toString('base64'),
    signerName: signerName ?? 'kubernetes.io/kubelet-serving',
    usages: usages ?? ['digital signature', 'server auth'],
  };
  const answer = await ask(own.plane.ports.apiServer, CSRS, by ?? (await node(n1)), {
    method: 'POST',
    body: {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name },
      spec,
    },
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body}`);
  return name;
}

interface Status {
  readonly conditions?: readonly { type: string; reason: string }[];
  readonly certificate?: string;
}

async function statusOf(name: string): Promise<Status> {
  return (JSON.parse((await own.api('GET', `${CSRS}/${name}`)).body) as { status: Status }).status;
}

/** The status as soon as it is as wanted; jest's time limit ends the wait. */
async function until(name: string, wanted: (status: Status) => boolean): Promise<Status> {
  for (;;) {
    const status = await statusOf(name);
    if (wanted(status)) return status;
    await new Promise((done) => setTimeout(done, 100));
  }
}

test('what the kubelet of a declared machine asks is approved, and signed with those names alone', async () => {
  const status = await withApprover(async () =>
    until(await create({}), ({ certificate }) => certificate !== undefined),
  );
  const certificate = new x509.X509Certificate(Buffer.from(status.certificate!, 'base64').toString());
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)!.names.toJSON();
  expect(names).toEqual(expect.arrayContaining(GOOD));
  expect(names).toHaveLength(GOOD.length);
}, 300_000);

const BAD: readonly (readonly [string, string, () => Request | Promise<Request>])[] = [
  ['a foreign address', 'NotDeclared', () => ({ form: { names: ip('203.0.113.9') } })],
  ['an address that the node says of itself', 'NotDeclared', () => ({ form: { names: ip('198.51.100.7') } })],
  ['a name more', 'NotDeclared', () => ({ form: { names: dns(n1, 'kubernetes.default.svc') } })],
  ['a wildcard', 'NotDeclared', () => ({ form: { names: dns('*.example.com') } })],
  ['another organization', 'Subject', () => ({ form: { subject: [{ O: ['nodes'] }, ours.subject[1]!] } })],
  [
    'to be an authority',
    'Extension',
    () => ({ form: { extensions: [new x509.BasicConstraintsExtension(true, 0, true)] } }),
  ],
  ['client auth', 'Usages', () => ({ usages: ['digital signature', 'client auth'] })],
  ['no name', 'NoNames', () => ({ form: { names: [] } })],
  [
    'an e-mail address',
    'NameType',
    () => ({ form: { names: [...GOOD, { type: 'email', value: 'a@example.com' }] } }),
  ],
  [
    'a URI',
    'NameType',
    () => ({ form: { names: [...GOOD, { type: 'url', value: 'https://a.example.com' }] } }),
  ],
  ['one who is no node', 'NotANode', () => ({ by: own.admin })],
];

test('eleven others are denied, each for its own reason, and none is signed', async () => {
  await withApprover(async () => {
    for (const [what, reason, request] of BAD) {
      const name = await create(await request());
      const status = await until(name, ({ conditions }) => conditions !== undefined);
      expect([what, status.conditions, status.certificate]).toEqual([
        what,
        [expect.objectContaining({ type: 'Denied', reason })],
        undefined,
      ]);
    }
  });
}, 300_000);

test('for another node the API server itself takes no request', async () => {
  await expect(create({ by: await node(n2) })).rejects.toThrow(/^403/);
}, 300_000);

test('a request for another signer is not touched', async () => {
  await withApprover(async () => {
    const other = await create({ signerName: 'example.com/signer', by: own.admin });
    await until(await create({}), ({ certificate }) => certificate !== undefined);
    expect(await statusOf(other)).toEqual({});
  });
}, 300_000);

test('stopped in the middle, it goes on with what was asked meanwhile', async () => {
  await withApprover(async () => until(await create({}), ({ certificate }) => certificate !== undefined));
  const meanwhile = [await create({}), await create({})];
  expect(await Promise.all(meanwhile.map(statusOf))).toEqual([{}, {}]);
  await withApprover(async () => {
    for (const name of meanwhile) await until(name, ({ certificate }) => certificate !== undefined);
  });
}, 300_000);

test('as a command, with its kubeconfig and the file of machines, it runs until it is stopped', async () => {
  const folder = temporaryFolder();
  const files = { kubeconfig: join(folder, 'kubeconfig'), machines: join(folder, 'machines.json') };
  const cluster = {
    server: own.plane.endpoint,
    'certificate-authority-data': Buffer.from(own.admin.ca).toString('base64'),
  };
  const named = { name: account };
  const kubeconfig = {
    'current-context': account,
    contexts: [{ ...named, context: { cluster: account, user: account } }],
    clusters: [{ ...named, cluster }],
    users: [{ ...named, user: { token } }],
  };
  writeFileSync(files.kubeconfig, JSON.stringify(kubeconfig), { mode: 0o600 });
  writeFileSync(files.machines, JSON.stringify([{ name: n1, addresses: ['192.0.2.1'] }]));
  const { child, seen, ended } = startKeelson([
    'approve-serving-certificates',
    ...['--kubeconfig', files.kubeconfig, '--machines', files.machines],
  ]);
  try {
    await seen(/Watching for what the kubelets of 1 machines/);
    const good = await create({});
    await until(good, ({ certificate }) => certificate !== undefined);
    const bad = await create({ form: { names: ip('203.0.113.9') } });
    const { conditions } = await until(bad, (status) => status.conditions !== undefined);
    expect(conditions).toEqual([expect.objectContaining({ type: 'Denied', reason: 'NotDeclared' })]);
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill('SIGTERM');
  }
  const { output } = await ended;
  expect(output).toMatch(/^approved csr-.+\ndenied csr-.+ 203\.0\.113\.9 is not declared/m);
  expect(output).not.toContain(token);
}, 600_000);

test('its account can do nothing else', async () => {
  const api = new ApiClient({ server: own.plane.endpoint, ca: own.admin.ca, token });
  const other = await create({ signerName: 'example.com/signer', by: own.admin });
  const object = JSON.parse((await own.api('GET', `${CSRS}/${other}`)).body) as { status: object };
  const status = { conditions: [{ type: 'Approved', status: 'True', reason: 'Test' }] };
  const tries = [
    { method: 'PUT', path: `${CSRS}/${other}/approval`, body: { ...object, status } },
    { method: 'PUT', path: `${CSRS}/${other}/status`, body: { ...object, status } },
    { method: 'DELETE', path: `${CSRS}/${other}` },
    { method: 'POST', path: CSRS, body: object },
    { path: '/api/v1/secrets' },
    { path: '/api/v1/nodes' },
    { method: 'DELETE', path: `/api/v1/nodes/${n1}` },
  ] as const;
  for (const call of tries) expect([call.path, (await api.send(call)).status]).toEqual([call.path, 403]);
  api.close();
}, 300_000);

/** Big answers of etcd, from a server of the test that answers ranges: what real etcd does is tried in e2e (key-rotation). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { issueAuthority, issueLeaf } from '../../../../pki';
import { EtcdClient } from '../../../../probes';

/** The biggest value that etcd takes by default is about that. */
const VALUE = Buffer.alloc(1_400_000, 7);
const KEYS = Array.from(
  { length: 50 },
  (_, index) => `/registry/secrets/a/${String(index).padStart(3, '0')}`,
);

function answer(request: Buffer): Buffer {
  const reader = new BinaryReader(request);
  let from = '';
  let limit = 0;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) from = Buffer.from(reader.bytes()).toString();
    else if (field === 3) limit = Number(reader.int64());
    else reader.skip(type);
  }
  const rest = KEYS.filter((key) => key >= from);
  const writer = new BinaryWriter();
  for (const key of rest.slice(0, limit)) {
    const pair = new BinaryWriter()
      .tag(1, WireType.LengthDelimited)
      .bytes(Buffer.from(key))
      .tag(5, WireType.LengthDelimited)
      .bytes(VALUE);
    writer.tag(2, WireType.LengthDelimited).bytes(pair.finish());
  }
  return Buffer.from(
    writer
      .tag(3, WireType.Varint)
      .bool(rest.length > limit)
      .finish(),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'keelson-etcd-'));
const server = new Server({ 'grpc.max_send_message_length': -1 });
let client: EtcdClient;

beforeAll(async () => {
  const now = new Date();
  const authority = await issueAuthority({ name: 'ca', commonName: 'test CA', lifetimeDays: 1 }, now);
  const pair = await issueLeaf(
    {
      name: 'etcd',
      authority: 'ca',
      commonName: 'etcd',
      organizations: [],
      uses: ['server', 'client'],
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
      lifetimeDays: 1,
    },
    authority,
    now,
  );
  const identity = { private_key: Buffer.from(pair.privateKey), cert_chain: Buffer.from(pair.certificate!) };
  const ca = Buffer.from(authority.certificate!);
  const bytes = (value: Buffer): Buffer => value;
  server.addService(
    {
      range: {
        path: '/etcdserverpb.KV/Range',
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    },
    {
      range: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) =>
        done(null, answer(call.request)),
    },
  );
  const port = await new Promise<number>((done, fail) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(ca, [identity], true), (error, bound) =>
      error ? fail(error) : done(bound),
    ),
  );
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  client = new EtcdClient({
    endpoint: `https://127.0.0.1:${port}`,
    caFile: file('ca.crt', ca),
    certFile: file('client.crt', pair.certificate!),
    keyFile: file('client.key', pair.privateKey),
  } as ConstructorParameters<typeof EtcdClient>[0]);
});

afterAll(() => {
  client?.close();
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

test('values of the biggest size are read, page by page, each once', async () => {
  const keys: string[] = [];
  for await (const page of client.valuesBelow('/registry/secrets/'))
    for (const { key, value } of page) {
      expect(value.length).toBe(VALUE.length);
      keys.push(key);
    }
  expect(keys).toEqual(KEYS);
});

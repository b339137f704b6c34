/**
 * A small KMS v2 plugin: keeps its keys in a file of its own, and encrypts with the last of them. The protocol is that of `k8s.io/kms`
 * (`apis/v2/api.proto`), over a Unix socket that only its user may open.
 *
 *     tsx main.ts SOCKET KEYFILE
 *
 * KEYFILE is JSON: `[{ "id": "…", "key": "<32 bytes in base64>" }]`. It is read anew for each request, so that a key can be added.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  Server,
  ServerCredentials,
  type MethodDefinition,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';

const [socket, keyFile] = process.argv.slice(2) as [string, string];

type Bytes = Uint8Array<ArrayBufferLike>;

function keys(): readonly { readonly id: string; readonly key: string }[] {
  return JSON.parse(readFileSync(keyFile, 'utf8')) as { id: string; key: string }[];
}

/** The fields of a message that are bytes or texts, by their number. */
function fieldsOf(message: Bytes): ReadonlyMap<number, Bytes> {
  const fields = new Map<number, Bytes>();
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.LengthDelimited) fields.set(field, reader.bytes());
    else reader.skip(type);
  }
  return fields;
}

function message(fields: Readonly<Record<number, Bytes | string>>): Bytes {
  const writer = new BinaryWriter();
  for (const [field, value] of Object.entries(fields))
    writer.tag(Number(field), WireType.LengthDelimited).bytes(Buffer.from(value as string));
  return writer.finish();
}

function status(): Bytes {
  return message({ 1: 'v2', 2: 'ok', 3: keys().at(-1)!.id });
}

function encrypt(request: Bytes): Bytes {
  const { id, key } = keys().at(-1)!;
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
  const sealed = Buffer.concat([cipher.update(fieldsOf(request).get(1)!), cipher.final()]);
  return message({ 1: Buffer.concat([nonce, cipher.getAuthTag(), sealed]), 2: id });
}

function decrypt(request: Bytes): Bytes {
  const fields = fieldsOf(request);
  const id = Buffer.from(fields.get(3)!).toString();
  const { key } = keys().find((one) => one.id === id)!;
  const sealed = Buffer.from(fields.get(1)!);
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return message({ 1: Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]) });
}

function method(name: string): MethodDefinition<Bytes, Bytes> {
  const same = (bytes: Bytes): Buffer => Buffer.from(bytes);
  return {
    path: `/v2.KeyManagementService/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

function answering(work: (request: Bytes) => Bytes) {
  return (call: ServerUnaryCall<Bytes, Bytes>, answer: sendUnaryData<Bytes>): void => {
    try {
      answer(null, work(call.request));
    } catch (error) {
      answer(error as Error);
    }
  };
}

const server = new Server();
server.addService(
  { Status: method('Status'), Encrypt: method('Encrypt'), Decrypt: method('Decrypt') },
  { Status: answering(status), Encrypt: answering(encrypt), Decrypt: answering(decrypt) },
);
process.umask(0o177);
server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  chmodSync(socket, 0o600);
  console.log('ready');
});

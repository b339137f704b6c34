import { readFileSync } from 'node:fs';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Client, credentials } from '@grpc/grpc-js';
import type { HostAccess } from '../probe';

/** etcd's own API, so that its JSON gateway can stay off. */
const RANGE = '/etcdserverpb.KV/Range';
const TIMEOUT_MS = 15_000;

/**
 * Reads the raw value of one key from etcd, as the API server's own identity.
 *
 * @returns the bytes; undefined where there is no such key
 * @throws Error of gRPC where etcd cannot be reached or refuses
 */
export async function readEtcd(etcd: HostAccess['etcd'], key: string): Promise<Buffer | undefined> {
  const identity = credentials.createSsl(
    readFileSync(etcd.caFile),
    readFileSync(etcd.keyFile),
    readFileSync(etcd.certFile),
  );
  const client = new Client(new URL(etcd.endpoint).host, identity);
  try {
    return await new Promise((done, fail) => {
      const deadline = new Date(Date.now() + TIMEOUT_MS);
      client.makeUnaryRequest(RANGE, rangeRequest, firstValue, key, { deadline }, (error, value) => {
        if (error) fail(error);
        else done(value);
      });
    });
  } finally {
    client.close();
  }
}

/** `RangeRequest { bytes key = 1 }` */
function rangeRequest(key: string): Buffer {
  return Buffer.from(new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(Buffer.from(key)).finish());
}

/** The first value of `RangeResponse { repeated KeyValue kvs = 2 }`, where `KeyValue { bytes value = 5 }`. */
function firstValue(message: Buffer): Buffer | undefined {
  const keyValue = bytesField(message, 2);
  return keyValue === undefined ? undefined : (bytesField(keyValue, 5) ?? Buffer.alloc(0));
}

function bytesField(message: Uint8Array, wanted: number): Buffer | undefined {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === wanted && type === WireType.LengthDelimited) return Buffer.from(reader.bytes());
    reader.skip(type);
  }
  return undefined;
}

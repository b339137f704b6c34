import { readFileSync } from 'node:fs';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Client, credentials } from '@grpc/grpc-js';
import type { HostAccess } from '../probe';

const TIMEOUT_MS = 15_000;

/** Keys of one answer; etcd hands out the rest page by page. */
const PAGE = 20;

/** The longest answer, in bytes: a page of the longest values that etcd takes by default (1.5 MiB), where gRPC would take 4 MiB. */
const ANSWER_MAX = 2 * PAGE * 1024 * 1024;

/** A key of etcd with its raw value, as the API server stored it. */
export interface StoredValue {
  readonly key: string;
  readonly value: Buffer;
}

/** What etcd answers a range with. */
interface Range {
  readonly values: readonly StoredValue[];
  readonly more: boolean;
  readonly revision: bigint;
}

/** etcd by its own API, as the API server's own identity: so its JSON gateway can stay off. */
export class EtcdClient {
  private readonly client: Client;

  public constructor(etcd: HostAccess['etcd']) {
    const identity = credentials.createSsl(
      readFileSync(etcd.caFile),
      readFileSync(etcd.keyFile),
      readFileSync(etcd.certFile),
    );
    this.client = new Client(new URL(etcd.endpoint).host, identity, {
      'grpc.max_receive_message_length': ANSWER_MAX,
    });
  }

  /** Ends the connection. */
  public close(): void {
    this.client.close();
  }

  /**
   * The raw value of one key; undefined where there is no such key.
   * @throws Error of gRPC where etcd cannot be reached or refuses
   */
  public async read(key: string): Promise<Buffer | undefined> {
    return (await this.range({ from: Buffer.from(key) })).values[0]?.value;
  }

  /** All keys with a prefix and their raw values, page by page. */
  public async *valuesBelow(prefix: string): AsyncGenerator<readonly StoredValue[]> {
    const end = after(Buffer.from(prefix));
    for (let from = Buffer.from(prefix); ;) {
      const { values, more } = await this.range({ from, end });
      yield values;
      const last = values.at(-1);
      if (!more || last === undefined) return;
      from = Buffer.concat([Buffer.from(last.key), Buffer.from([0])]);
    }
  }

  /** Forgets every value but the newest of each key, and gives the space in the database file back, overwritten. */
  public async forgetHistory(): Promise<void> {
    const { revision } = await this.range({ from: Buffer.from('/') });
    // `CompactionRequest { int64 revision = 1; bool physical = 2 }`
    const compaction = new BinaryWriter()
      .tag(1, WireType.Varint)
      .int64(revision)
      .tag(2, WireType.Varint)
      .bool(true);
    await this.call('/etcdserverpb.KV/Compact', compaction.finish()).catch((error: unknown) => {
      // There is nothing older than this revision: somebody compacted it already.
      if (!String(error).includes('compacted')) throw error;
    });
    await this.call('/etcdserverpb.Maintenance/Defragment', new Uint8Array());
  }

  /** `RangeRequest { bytes key = 1; bytes range_end = 2; int64 limit = 3 }` */
  private async range({ from, end }: { from: Buffer; end?: Buffer }): Promise<Range> {
    const request = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(from);
    if (end !== undefined) request.tag(2, WireType.LengthDelimited).bytes(end);
    request.tag(3, WireType.Varint).int64(PAGE);
    return readRange(await this.call('/etcdserverpb.KV/Range', request.finish()));
  }

  private async call(method: string, message: Uint8Array): Promise<Buffer> {
    return new Promise((done, fail) => {
      const deadline = new Date(Date.now() + TIMEOUT_MS);
      const write = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
      this.client.makeUnaryRequest(
        method,
        write,
        (bytes) => bytes,
        message,
        { deadline },
        (error, answer) => {
          if (error) fail(error);
          else done(answer ?? Buffer.alloc(0));
        },
      );
    });
  }
}

/**
 * Reads the raw value of one key from etcd.
 *
 * @returns the bytes; undefined where there is no such key
 * @throws Error of gRPC where etcd cannot be reached or refuses
 */
export async function readEtcd(etcd: HostAccess['etcd'], key: string): Promise<Buffer | undefined> {
  const client = new EtcdClient(etcd);
  try {
    return await client.read(key);
  } finally {
    client.close();
  }
}

/** The first key that does not have a prefix any more. */
function after(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1]! += 1;
  return end;
}

/** `RangeResponse { ResponseHeader header = 1; repeated KeyValue kvs = 2; bool more = 3 }`, where a header has its `revision` in 3. */
function readRange(message: Buffer): Range {
  const values: StoredValue[] = [];
  let more = false;
  let revision = 0n;
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1 && type === WireType.LengthDelimited) revision = revisionOf(reader.bytes());
    else if (field === 2 && type === WireType.LengthDelimited) values.push(keyValue(reader.bytes()));
    else if (field === 3 && type === WireType.Varint) more = reader.bool();
    else reader.skip(type);
  }
  return { values, more, revision };
}

function revisionOf(message: Uint8Array): bigint {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 3 && type === WireType.Varint) return BigInt(reader.int64());
    reader.skip(type);
  }
  return 0n;
}

/** `KeyValue { bytes key = 1; bytes value = 5 }` */
function keyValue(message: Uint8Array): StoredValue {
  let key = '';
  let value = Buffer.alloc(0);
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1 && type === WireType.LengthDelimited) key = Buffer.from(reader.bytes()).toString();
    else if (field === 5 && type === WireType.LengthDelimited) value = Buffer.from(reader.bytes());
    else reader.skip(type);
  }
  return { key, value };
}

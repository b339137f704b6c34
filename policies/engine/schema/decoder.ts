import { Fault } from '../cel/fault';
import { Fields, isFields, isList, type Value } from '../cel/value';
import { DEFAULTS } from './defaults';
import { SCALARS, wrong, type Decoder, type Progress } from './scalars';
import { KUBERNETES_TYPES } from './table';

interface Field {
  readonly decoder: Decoder;
  /** Whether the field is left out where its value is empty. */
  readonly omitted: boolean;
}

/** The decoder of a kind; undefined for kinds that are not in the table. */
export function decoderOf(apiVersion: string, kind: string): Decoder | undefined {
  const key = `${apiVersion} ${kind}`;
  const { kinds } = KUBERNETES_TYPES;
  return Object.hasOwn(kinds, key) ? decoderFor(kinds[key]!) : undefined;
}

const decoders = new Map<string, Decoder>();

function decoderFor(code: string): Decoder {
  const known = decoders.get(code);
  if (known !== undefined) return known;
  const made = makeDecoder(code);
  decoders.set(code, made);
  return made;
}

function makeDecoder(code: string): Decoder {
  const rest = code.slice(1);
  if (Object.hasOwn(SCALARS, code)) return SCALARS[code]!;
  switch (code[0]) {
    case '*':
      return { ...decoderFor(rest), empty: () => null };
    case '[':
      return listDecoder(rest);
    case '{':
      return mapDecoder(rest);
    default:
      return structDecoder(code);
  }
}

function listDecoder(code: string): Decoder {
  const element = decoderFor(code);
  return {
    decode: (value, progress) => {
      if (!Array.isArray(value)) return wrong(value, 'a list', progress);
      return value.map((each: unknown, index) => {
        if (each === null || each === undefined) return element.empty();
        progress.path.push(index);
        const decoded = element.decode(each, progress);
        progress.path.pop();
        return decoded;
      });
    },
    empty: () => null,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Fault);
}

function mapDecoder(code: string): Decoder {
  const element = decoderFor(code === 'q' ? 'resource' : code);
  return {
    decode: (value, progress) => {
      if (!isObject(value)) return wrong(value, 'an object', progress);
      const fields = new Fields();
      for (const key of Object.keys(value)) {
        const each = value[key];
        if (each === undefined) continue;
        progress.path.push(key);
        fields[key] = each === null ? element.empty() : element.decode(each, progress);
        progress.path.pop();
      }
      return fields;
    },
    empty: () => null,
  };
}

/** The fields of a type are looked up when it is first used: types refer to one another. */
function structDecoder(name: string): Decoder {
  const types = KUBERNETES_TYPES.types[name]!;
  const fields = new Map<string, Field>();
  const always: [string, Decoder][] = [];
  const complete = DEFAULTS[name];
  const prepare = (): void => {
    for (const [field, code] of Object.entries(types)) {
      const decoder = decoderFor(code.slice(1));
      fields.set(field, { decoder, omitted: code.startsWith('?') && code[1] !== '*' });
      if (code.startsWith('!')) always.push([field, decoder]);
    }
  };
  const decode = (value: unknown, progress: Progress): Value => {
    if (!isObject(value)) return wrong(value, 'an object', progress);
    if (fields.size === 0) prepare();
    const result = new Fields();
    for (const key of Object.keys(value)) {
      const field = fields.get(key);
      const each = value[key];
      if (field === undefined || each === null || each === undefined) continue;
      progress.path.push(key);
      const decoded = field.decoder.decode(each, progress);
      progress.path.pop();
      if (!field.omitted || !isEmpty(decoded)) result[key] = decoded;
    }
    for (const [key, decoder] of always) if (result[key] === undefined) result[key] = decoder.empty();
    complete?.(result);
    return result;
  };
  return { decode, empty: () => decode({}, { path: [], problems: [] }) };
}

function isEmpty(value: Value): boolean {
  if (value === '' || value === 0n || value === false || value === null) return true;
  if (isList(value)) return value.length === 0;
  return isFields(value) && Object.keys(value).length === 0;
}

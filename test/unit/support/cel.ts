import { celList, celMap } from '@bufbuild/cel';
/**
 * A JSON value as CEL sees it in the API server: whole numbers are ints, other numbers doubles, objects maps. Fields
 * that are null are absent, as the API server drops them.
 */
export function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return celList(value.map(toCel) as never);
  if (value !== null && typeof value === 'object') {
    return celMap(
      new Map(
        Object.entries(value)
          .filter(([, inner]) => inner !== null && inner !== undefined)
          .map(([key, inner]) => [key, toCel(inner)]) as never,
      ),
    );
  }
  return value;
}

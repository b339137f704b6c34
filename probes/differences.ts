/** Whether a value is what Go writes for "not set", and therefore leaves out. */
function isZero(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Bytes of a quantity such as `1024Mi`, which the API server writes as `1Gi`. */
function quantity(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^(\d+)([KMG])i$/.exec(value) : null;
  return match === null ? undefined : Number(match[1]) * 1024 ** ('KMG'.indexOf(match[2]!) + 1);
}

/**
 * The fields of `declared` that `live` does not have with that value. Fields that only the cluster sets are no
 * difference; a field that is left out equals its zero value.
 */
export function differences(declared: unknown, live: unknown, path = ''): string[] {
  if (isZero(declared) && isZero(live)) return [];
  if (Array.isArray(declared) && Array.isArray(live)) {
    if (declared.length !== live.length) return [`${path}: ${declared.length} items, live ${live.length}`];
    return declared.flatMap((item, index) => differences(item, live[index], `${path}[${index}]`));
  }
  if (declared !== null && typeof declared === 'object' && live !== null && typeof live === 'object') {
    return Object.entries(declared).flatMap(([key, value]) =>
      differences(value, (live as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (quantity(declared) !== undefined && quantity(declared) === quantity(live)) return [];
  return declared === live ? [] : [`${path}: ${JSON.stringify(declared)}, live ${JSON.stringify(live)}`];
}

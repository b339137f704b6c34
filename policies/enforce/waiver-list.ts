import type { ZodType } from 'zod';
import { KeelsonError, type Waiver } from '../../model';
import { zod } from '../../model/zod';

function waiverList(): ZodType<unknown[]> {
  const z = zod();
  const waiver = z.strictObject({
    control: z.string(),
    kind: z.string(),
    namespace: z.string().default(''),
    name: z.string(),
    container: z.string().optional(),
    owner: z.string(),
    reason: z.string(),
    expires: z.string(),
  });
  return z.array(waiver);
}

/**
 * Waivers from data that a person wrote: a list, or an object with the list under `waivers`.
 *
 * @param source where it comes from, for messages
 * @throws KeelsonError naming every entry and field that is missing, unknown or of the wrong type
 */
export function parseWaivers(data: unknown, source: string): readonly Waiver[] {
  const list = Array.isArray(data) ? data : ((data ?? {}) as { waivers?: unknown }).waivers;
  const parsed = waiverList().safeParse(list ?? []);
  if (parsed.success) return parsed.data as readonly Waiver[];
  throw new KeelsonError(
    parsed.error.issues.map(({ path, message }) => ({
      code: 'waiver/invalid',
      where: `${source}: waivers${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')}`,
      message: `${message}.`,
      fix: 'Give control, kind, namespace, name, owner, reason and expires, and container where it is for one.',
    })),
  );
}

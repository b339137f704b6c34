import { z } from 'zod';
import type { Machine } from '../machine/machine';
import { quoted } from '../ssh/quote';
import type { Kind } from './kind';

/** A setting by its name, for example `net.ipv4.ip_forward`. */
const SETTING = /^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$/;

const schema = z.looseObject({
  /** Settings that this kernel may lack. */
  optional: z.array(z.string()),
  /** Modules that have to be there. */
  modules: z.array(z.string().regex(/^[a-z0-9_]+$/)),
});

/**
 * Settings of the kernel as they are now, by their name, and modules that are loaded. The files that set them at the next boot are files
 * like others; this makes them so today, and sees where somebody set another value.
 */
export const kernelSettings: Kind<z.infer<typeof schema>> = {
  schema,

  apply: async (given, { machine }) => {
    const { optional, modules } = given;
    await machine.run(
      'loading kernel modules',
      // A kernel without a folder of modules has everything in it, or nothing of it can be loaded: what needs it will say so.
      modules
        .map(
          (name) =>
            `[ -d /sys/module/${name} ] || [ ! -d "/lib/modules/$(uname -r)" ] || modprobe ${name} || exit 1`,
        )
        .join('\n'),
    );
    const lines = settingsOf(given).map(([name, value]) => {
      const file = `/proc/sys/${name.replaceAll('.', '/')}`;
      const write = `printf '%s\\n' ${quoted(value)} > ${file} || exit 1`;
      return optional.includes(name) ? `if [ -e ${file} ]; then ${write}; fi` : write;
    });
    // Writing what is there already is no error; some settings can only be made stricter until the next boot.
    await machine.run('setting the kernel', lines.join('\n'));
    return {};
  },

  read: async (kept, { machine }) => {
    const settings = settingsOf(kept);
    const now = await readSettings(
      machine,
      settings.map(([name]) => name),
    );
    const missing = kept.optional.filter((name) => !now.has(name));
    return {
      optional: kept.optional,
      modules: kept.modules,
      ...Object.fromEntries(
        settings.map(([name, value]) => [
          name,
          now.get(name) ?? (missing.includes(name) ? value : '(missing)'),
        ]),
      ),
    };
  },

  // What a kernel was set to stays until it boots: nothing says what it was before, and looser is never wanted.
  remove: async () => undefined,
};

function settingsOf(given: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(given).flatMap(([name, value]) =>
    SETTING.test(name) ? [[name, String(value)] as const] : [],
  );
}

async function readSettings(
  machine: Machine,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const script = names
    .map(
      (name) =>
        `f=/proc/sys/${name.replaceAll('.', '/')}; [ -e $f ] && printf '%s=%s\\n' ${name} "$(tr -s '\\t' ' ' < $f)"`,
    )
    .join('\n');
  const out = await machine.run('reading kernel settings', `${script}\n:`);
  return new Map(
    out
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

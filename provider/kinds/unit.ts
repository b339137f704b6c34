import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { quoted } from '../ssh/quote';
import type { Machine } from '../machine/machine';
import { PATH, seeEntries } from '../machine/file-list';
import type { Kind, Properties } from './kind';

const schema = z.looseObject({
  /** For example `containerd.service`. */
  unit: z.string().regex(/^[A-Za-z0-9@_.-]+\.(service|timer|socket|target)$/, 'must be the name of a unit'),
  /** Whether it runs now, or only starts with the machine. */
  state: z.enum(['running', 'enabled']),
});

/**
 * A unit of systemd. Names that are paths are files that it reads, with their digest: where one changes, the unit is restarted, and the
 * preview shows which. Drop-in files that were not there when it was made are seen, and taken away.
 */
export const unit: Kind<z.infer<typeof schema>> = {
  schema,
  outputs: ['dropIns', 'knownDropIns'],

  apply: async (given, { machine, progress }, before) => {
    const { unit: name, state } = given;
    const dropIns =
      (before?.knownDropIns as readonly string[] | undefined) ?? (await dropInsOf(machine, name));
    const planted = (await dropInsOf(machine, name)).filter(
      (path) => !dropIns.includes(path) && path.startsWith('/etc/systemd/'),
    );
    if (planted.length > 0)
      await machine.run(
        'removing drop-in files',
        planted
          .map(
            (path) => `rm -f -- ${quoted(path)}; rmdir -- "$(dirname -- ${quoted(path)})" 2>/dev/null || :`,
          )
          .join('\n'),
      );
    const restart = state === 'running' && before !== undefined;
    progress(restart ? 'restarting' : state === 'running' ? 'starting' : 'enabling');
    await machine.run(
      `${restart ? 'restarting' : 'starting'} ${name}`,
      `systemctl daemon-reload && systemctl unmask --quiet ${name} && systemctl enable --quiet ${name} ${
        state === 'running'
          ? `&& systemctl ${restart ? 'restart' : 'start'} ${name} && systemctl is-active --quiet ${name}`
          : ''
      } || { systemctl status --no-pager --lines=5 ${name} >&2; exit 1; }`,
      { timeoutMs: 180_000 },
    );
    return { knownDropIns: dropIns, dropIns };
  },

  drifted: ({ dropIns, knownDropIns }) => (isDeepStrictEqual(dropIns, knownDropIns) ? [] : ['dropIns']),

  read: async (kept, { machine }) => {
    const name = kept.unit;
    const out = await machine.run(
      'reading a unit',
      `systemctl show --property=LoadState,ActiveState,UnitFileState,NeedDaemonReload ${name}`,
    );
    const property = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(out)?.[1] ?? '';
    if (property('LoadState') === 'not-found') return undefined;
    const isEnabled = property('UnitFileState') === 'enabled';
    const isRunning = property('ActiveState') === 'active';
    const isCurrent = property('NeedDaemonReload') !== 'yes';
    const state = !isEnabled
      ? `(${property('UnitFileState')})`
      : !isCurrent
        ? '(changed on disk)'
        : kept.state === 'enabled' || isRunning
          ? kept.state
          : `(${property('ActiveState')})`;
    return { ...kept, ...(await filesOf(machine, kept)), state, dropIns: await dropInsOf(machine, name) };
  },

  remove: async ({ unit: name }, { machine }) => {
    await machine.run(
      `stopping ${name}`,
      `systemctl disable --now --quiet ${name} 2>/dev/null || :\nsystemctl reset-failed ${name} 2>/dev/null || :`,
      { timeoutMs: 180_000 },
    );
  },
};

/** The files that it reads as they are there: where one was changed the unit may run with it, whatever the file will say again. */
async function filesOf(machine: Machine, kept: Properties): Promise<Properties> {
  const paths = Object.keys(kept).filter((name) => PATH.test(name));
  if (paths.length === 0) return {};
  const seen = await seeEntries(machine, paths);
  return Object.fromEntries(
    paths.map((path) => [path, seen.get(path)?.digest?.slice('sha256:'.length) ?? '(missing)']),
  );
}

async function dropInsOf(machine: Machine, name: string): Promise<readonly string[]> {
  const out = await machine.run('reading a unit', `systemctl show --property=DropInPaths --value ${name}`);
  return out
    .trim()
    .split(/\s+/)
    .filter((path) => PATH.test(path))
    .sort();
}

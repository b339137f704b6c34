import { stringify } from 'yaml';
import type { NodeUser } from './file-access';
import type { NodeEntry } from './file-tree';
import { refuseSecrets, renderEntries } from './rendered-file';
import { TMPFILES_PATH } from './units';

/** What a machine is made from at its first boot. */
export interface FirstBoot {
  /** Its files and folders. */
  readonly entries: readonly NodeEntry[];
  /** Users that they belong to. */
  readonly users: readonly NodeUser[];
  /** Units that are enabled, in the order in which they start. */
  readonly units: readonly string[];
}

/**
 * The node as user data for cloud-init: `#cloud-config`. Folders, owners and modes are made by systemd-tmpfiles, which the tree has
 * its file for. Files of users that are not there yet are written at the end. The network is up before cloud-init runs: at
 * the very first boot the firewall comes after it, at every other one before.
 *
 * @throws KeelsonError `output/secret` naming every file with a secret
 */
export function cloudInit({ entries, users, units }: FirstBoot): string {
  refuseSecrets(entries, 'cloud-init');
  const files = renderEntries(entries).filter(({ text }) => text !== undefined);
  const data = {
    ...(users.length === 0
      ? {}
      : {
          users: [
            'default',
            ...users.map(({ name, purpose }) => ({
              name,
              gecos: purpose,
              system: true,
              no_create_home: true,
              lock_passwd: true,
              shell: '/usr/sbin/nologin',
            })),
          ],
        }),
    write_files: files.map(({ path, owner, group, mode, text }) => ({
      path,
      owner: `${owner}:${group}`,
      permissions: octal(mode),
      ...(owner === 'root' ? {} : { defer: true }),
      content: text,
    })),
    runcmd: [
      ['systemd-tmpfiles', '--create', TMPFILES_PATH],
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'restart', 'systemd-modules-load.service', 'systemd-sysctl.service'],
      ...units.map((unit) => ['systemctl', 'enable', '--now', unit]),
    ],
  };
  return `#cloud-config\n${stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 })}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

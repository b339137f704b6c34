import type { FirstBoot } from './cloud-init';
import { refuseSecrets, renderEntries } from './rendered-file';

/** The version of the specification that is written. */
export const IGNITION_VERSION = '3.4.0';

/**
 * The node as a configuration for Ignition, which makes users, folders and files before the machine boots for the first time: the
 * firewall is there before the network. JSON, in a fixed order.
 *
 * @throws KeelsonError `output/secret` naming every file with a secret
 */
export function ignition({ entries, users, units }: FirstBoot): string {
  refuseSecrets(entries, 'Ignition');
  const all = renderEntries(entries).map(({ path, owner, group, mode, text }) => ({
    text,
    node: { path, mode, user: { name: owner }, group: { name: group } },
  }));
  const config = {
    ignition: { version: IGNITION_VERSION },
    passwd: {
      users: users.map(({ name, purpose }) => ({
        name,
        gecos: purpose,
        system: true,
        noCreateHome: true,
        shell: '/usr/sbin/nologin',
      })),
    },
    storage: {
      directories: all.filter(({ text }) => text === undefined).map(({ node }) => node),
      files: all
        .filter(({ text }) => text !== undefined)
        .map(({ node, text }) => ({
          ...node,
          overwrite: true,
          contents: { source: `data:;base64,${Buffer.from(text!).toString('base64')}` },
        })),
    },
    systemd: { units: units.map((name) => ({ name, enabled: true })) },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

import type { Connection } from '../../provider';

/** How a machine of a cluster is reached over SSH. */
export interface MachineAccess extends Omit<Connection, 'host'> {
  /**
   * Name or address for SSH.
   * @default - the address of the machine in its cluster
   */
  readonly host?: string;
}

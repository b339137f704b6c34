import { z } from 'zod';

/** How a machine is reached. Nothing in it is a secret: the key stays in its file, or with the agent. */
export interface Connection {
  /** Name or address of the machine. */
  readonly host: string;
  /**
   * Port of its SSH server.
   * @default 22
   */
  readonly port?: number;
  /**
   * Who logs in. Another than root has to be able to `sudo` without a password.
   * @default 'root'
   */
  readonly user?: string;
  /**
   * The public key of the machine itself, as `ssh-keyscan` or `/etc/ssh/ssh_host_ed25519_key.pub` shows it: `ssh-ed25519 AAAA…`. A machine
   * that shows another one is refused. There is no default and no way around: who answers in its place would be given the keys of the
   * cluster.
   */
  readonly hostKey: string;
  /**
   * Path of the private key with which to log in.
   * @default - the agent of the environment (`SSH_AUTH_SOCK`)
   */
  readonly identityFile?: string;
}

/** A public key of SSH: its type and base64, a comment after it is ignored. */
const HOST_KEY = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]+={0,2}( .*)?$/;

/** The form of a {@link Connection}. */
export const connectionSchema = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, 'must be a host name or an address'),
  port: z.int('must be a port').min(1).max(65535).optional(),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, 'must be the name of a user')
    .optional(),
  hostKey: z
    .string('is needed: the public key of the machine')
    .regex(HOST_KEY, 'must be a public key like "ssh-ed25519 AAAA…"'),
  identityFile: z.string().min(1).optional(),
});

/** A machine in a message. */
export function nameOf({ host, port = 22, user = 'root' }: Connection): string {
  return `${user}@${host}${port === 22 ? '' : `:${port}`}`;
}

import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * What a process listens on, as `address:port`, from the kernel's own tables; IPv6 addresses stay in hexadecimal.
 *
 * @throws Error where the process is gone, or is not one that may be looked at
 */
export function listenersOf(pid: number): readonly string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && sockets.has(fields[9] ?? ''))
      .map((fields) => addressOf(fields[1] ?? '')),
  );
}

/** `0100007F:1F90` as `127.0.0.1:8080`. */
function addressOf(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  const text =
    address.length === 8 ? [...Buffer.from(address, 'hex')].reverse().join('.') : address.toLowerCase();
  return `${text}:${parseInt(port, 16)}`;
}

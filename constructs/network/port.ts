import { KeelsonError, type Protocol } from '../../model';

export type { Protocol };

/** A port that a workload opens or may be reached on. There is no way to say "all ports". */
export class Port {
  /** A TCP port. */
  public static tcp(number: number): Port {
    return new Port(number, 'TCP');
  }

  /** A UDP port. */
  public static udp(number: number): Port {
    return new Port(number, 'UDP');
  }

  /** An SCTP port. */
  public static sctp(number: number): Port {
    return new Port(number, 'SCTP');
  }

  private constructor(
    /** From 1 to 65535. */
    public readonly number: number,
    /** The transport protocol. */
    public readonly protocol: Protocol,
  ) {
    if (!Number.isInteger(number) || number < 1 || number > 65535) {
      throw new KeelsonError({
        code: 'construct/invalid',
        where: `Port.${protocol.toLowerCase()}(${number})`,
        message: `${number} is not a port.`,
        fix: 'Use a whole number from 1 to 65535.',
      });
    }
  }

  /** Whether both name the same port and protocol. */
  public equals(other: Port): boolean {
    return this.number === other.number && this.protocol === other.protocol;
  }

  /** For example `tcp-8080`: the form used in object names. */
  public toString(): string {
    return `${this.protocol.toLowerCase()}-${this.number}`;
  }
}

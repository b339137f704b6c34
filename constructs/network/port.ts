import { throwIfAny, type Protocol } from '../../model';
import { shown } from '../validation';
import { NamedPort } from './named-port';
import { nameProblems, numberProblems } from './port-problems';
import { PortRange } from './port-range';

export type { Protocol };

/** What can be said of a `Port`. */
export interface PortOptions {
  /**
   * What the container calls it: up to 15 lower case letters, digits and dashes, at least one of them a letter.
   *
   * @default - it has no name
   */
  readonly name?: string;
}

/** One port that a workload opens or may be reached on. There is no way to say "all ports". */
export class Port {
  /** A TCP port. */
  public static tcp(number: number, options: PortOptions = {}): Port {
    return new Port(number, 'TCP', options.name);
  }

  /** A UDP port. */
  public static udp(number: number, options: PortOptions = {}): Port {
    return new Port(number, 'UDP', options.name);
  }

  /** An SCTP port. */
  public static sctp(number: number, options: PortOptions = {}): Port {
    return new Port(number, 'SCTP', options.name);
  }

  /** TCP ports that follow each other, both ends included. */
  public static tcpRange(first: number, last: number): PortRange {
    return new PortRange(first, last, 'TCP');
  }

  /** UDP ports that follow each other, both ends included. */
  public static udpRange(first: number, last: number): PortRange {
    return new PortRange(first, last, 'UDP');
  }

  /** SCTP ports that follow each other, both ends included. */
  public static sctpRange(first: number, last: number): PortRange {
    return new PortRange(first, last, 'SCTP');
  }

  /**
   * The port that the receiving containers call by this name: it is found anew in each pod, so that it may move to another
   * number.
   */
  public static named(name: string, protocol: Protocol = 'TCP'): NamedPort {
    return new NamedPort(name, protocol);
  }

  private constructor(
    /** From 1 to 65535. */
    public readonly number: number,
    /** The transport protocol. */
    public readonly protocol: Protocol,
    /** What the container calls it; undefined where it has no name. */
    public readonly name: string | undefined,
  ) {
    const where = `Port.${protocol.toLowerCase()}(${shown(number)})`;
    throwIfAny([
      ...numberProblems(where, number),
      ...(name === undefined ? [] : nameProblems(`${where}.name`, name)),
    ]);
  }

  /** Whether both are the same port of the same protocol, whatever their names. */
  public equals(other: Port): boolean {
    return this.number === other.number && this.protocol === other.protocol;
  }

  /** For example `tcp-8080`: the form used in object names. */
  public toString(): string {
    return `${this.protocol.toLowerCase()}-${this.number}`;
  }
}

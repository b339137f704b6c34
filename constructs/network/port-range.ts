import { throwIfAny, type Protocol } from '../../model';
import { shown } from '../validation';
import { invalid, numberProblems, WIDEST_RANGE } from './port-problems';

/** Ports that follow each other, for programs that open them as they go. Made by `Port.tcpRange` and its sisters. */
export class PortRange {
  /** @throws KeelsonError if one end is no port, they are the wrong way round, or it holds more than half of all ports */
  public constructor(
    /** The first port, from 1 to 65535. */
    public readonly first: number,
    /** The last port, which is in the range. */
    public readonly last: number,
    /** The transport protocol. */
    public readonly protocol: Protocol,
  ) {
    const where = `Port.${protocol.toLowerCase()}Range(${shown(first)}, ${shown(last)})`;
    throwIfAny([...numberProblems(where, first), ...numberProblems(where, last)]);
    if (first > last)
      throwIfAny([
        invalid(where, `The range ends at ${last}, before it starts.`, 'Give the lower port first.'),
      ]);
    if (last - first >= WIDEST_RANGE)
      throwIfAny([
        invalid(
          where,
          `The range holds ${last - first + 1} ports: that is nearly a way to say all of them.`,
          `Name the ports that are used, ${WIDEST_RANGE} at most.`,
        ),
      ]);
  }

  /** For example `tcp-30000-30100`: the form used in object names. */
  public toString(): string {
    return `${this.protocol.toLowerCase()}-${this.first}-${this.last}`;
  }
}

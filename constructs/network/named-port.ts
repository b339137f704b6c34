import { throwIfAny, type Protocol } from '../../model';
import { shown } from '../validation';
import { nameProblems } from './port-problems';

/** A port by the name that the receiving containers give it. Made by `Port.named`. */
export class NamedPort {
  /** @throws KeelsonError if the name can be none */
  public constructor(
    /** What the containers call it. */
    public readonly name: string,
    /** The transport protocol. */
    public readonly protocol: Protocol,
  ) {
    throwIfAny(nameProblems(`Port.named(${shown(name)})`, name));
  }

  /** For example `tcp-http`: the form used in object names. */
  public toString(): string {
    return `${this.protocol.toLowerCase()}-${this.name}`;
  }
}

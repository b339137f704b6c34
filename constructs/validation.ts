import type { IConstruct } from 'constructs';
import { KeelsonError, throwIfAny, type Problem } from '../model';

/** What props are for: a construct, or a file by its name. */
export interface Place {
  readonly node: { readonly path: string };
}

/** Collects what is wrong with the props of one construct, to report all of it at once. */
export class PropsCheck {
  private readonly problems: Problem[] = [];

  public constructor(private readonly construct: Place) {}

  /**
   * Notes a problem unless `ok`.
   *
   * @param ok whether the value is acceptable
   * @param property the property's name, as the user wrote it
   * @param message what is wrong, with the value received
   * @param fix what to write instead
   */
  public require(ok: boolean, property: string, message: string, fix: string): this {
    if (!ok) {
      this.problems.push({
        code: 'construct/invalid',
        where: placeIn(this.construct, property),
        message,
        fix,
      });
    }
    return this;
  }

  /** @throws KeelsonError with every problem noted so far */
  public done(): void {
    throwIfAny(this.problems);
  }
}

/** Whether a name can be a Kubernetes object's name and a DNS label (RFC 1123, at most 63 characters). */
export function isDnsLabel(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}

/** An error about one property of one construct. */
export function constructError(
  construct: IConstruct,
  property: string,
  message: string,
  fix: string,
): KeelsonError {
  return new KeelsonError({
    code: 'construct/invalid',
    where: placeIn(construct, property),
    message,
    fix,
  });
}

/** A property of a construct by its path; the app itself has none. */
function placeIn(construct: Place, property: string): string {
  return `${construct.node.path === '' ? 'app' : construct.node.path}.${property}`;
}

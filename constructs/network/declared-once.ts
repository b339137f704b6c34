import type { Construct, IConstruct } from 'constructs';
import { constructError } from '../validation';

/** What was declared in an app, by its root, and where. */
const declared = new WeakMap<IConstruct, Map<string, string>>();

/**
 * Refuses what another construct of the app declares already.
 *
 * @param what a sentence's subject, for example `The connection from shop/web to shop/api on tcp-8080`
 */
export function declareOnce(construct: Construct, what: string): void {
  const { root, path } = construct.node;
  const before = declared.get(root) ?? new Map<string, string>();
  declared.set(root, before);
  const first = before.get(what);
  if (first !== undefined) throw declaredTwice(construct, what, first);
  before.set(what, path);
}

/** An id below a scope, which cdk8s would refuse without saying why where it is taken. */
export function idOf(scope: Construct, id: string, what: string): string {
  const first = scope.node.tryFindChild(id);
  if (first !== undefined) throw declaredTwice(scope, what, first.node.path);
  return id;
}

function declaredTwice(construct: Construct, what: string, first: string) {
  return constructError(
    construct,
    'port',
    `${what} is declared already, by ${first}.`,
    'Remove one of both.',
  );
}

import { App, type AppProps } from 'cdk8s';
import { OutputResolver } from './render/output-resolver';

/**
 * A cdk8s app in which Pulumi `Output`s may stand where they are only passed on. Everything else is cdk8s's own.
 *
 * Write it with `synthesize` (stacks) rather than with `app.synth()`: that adds the checks, the headers and the digests.
 */
export class KeelsonApp extends App {
  /** Knows the `Output`s of every rendered object. */
  public readonly outputs: OutputResolver;

  public constructor(props: AppProps = {}) {
    const outputs = new OutputResolver();
    super({ ...props, resolvers: [outputs, ...(props.resolvers ?? [])] });
    this.outputs = outputs;
  }
}

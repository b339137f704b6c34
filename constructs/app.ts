import { App, type AppProps } from 'cdk8s';
import type { ImageLock, Waiver } from '../model';
import { OutputResolver } from './render/output-resolver';

/** Settings of a `KeelsonApp`. */
export interface KeelsonAppProps extends AppProps {
  /**
   * What is relaxed, for what, until when, and who answers for it. The same list is used at synth, at preview and in the
   * admission policies of the app.
   *
   * @default - nothing
   */
  readonly waivers?: readonly Waiver[];
  /**
   * What is known of images (`readImageLock('images.json')` of `keelson/images`); synth refuses images that do not fit.
   *
   * @default - nothing is known, and nothing is said of images
   */
  readonly images?: ImageLock;
}

/**
 * A cdk8s app in which Pulumi `Output`s may stand where they are only passed on. Everything else is cdk8s's own.
 *
 * Write it with `synthesize` (stacks) rather than with `app.synth()`: that adds the checks, the headers and the digests.
 */
export class KeelsonApp extends App {
  /** Knows the `Output`s of every rendered object. */
  public readonly outputs: OutputResolver;

  /** What is relaxed in this app. */
  public readonly waivers: readonly Waiver[];

  /** What is known of the images of this app. */
  public readonly images?: ImageLock;

  public constructor(props: KeelsonAppProps = {}) {
    const outputs = new OutputResolver();
    super({ ...props, resolvers: [outputs, ...(props.resolvers ?? [])] });
    this.outputs = outputs;
    this.waivers = [...(props.waivers ?? [])];
    this.images = props.images;
  }
}

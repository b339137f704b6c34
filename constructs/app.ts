import { App, type AppProps } from 'cdk8s';
import {
  deepFreeze,
  KeelsonError,
  startOfDay,
  type AccessBaseline,
  type ClusterNetwork,
  type ImageLock,
  type PostureChanges,
  type Waiver,
} from '../model';
import { readNetwork } from './network/read-network';
import { Posture } from './posture/posture';
import type { Manifest } from './render/after-render';
import { OutputResolver } from './render/output-resolver';
import { PropsCheck } from './validation';

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
  /**
   * The ways to cluster-admin that are known and wanted; synth refuses every other one. `keelson access --write-baseline` writes it.
   *
   * @default - none but those of the administrators' own groups
   */
  readonly access?: AccessBaseline;
  /**
   * How strict everything in the app is, where that is not the default.
   *
   * @default - `DEFAULT_POSTURE`
   */
  readonly posture?: PostureChanges;
  /**
   * The day by which waivers expire, `YYYY-MM-DD`, in UTC.
   *
   * @default - the day on which the app is synthesized
   */
  readonly today?: string;

  /**
   * CustomResourceDefinitions that the cluster has already: synth checks custom objects against their schemas, as it does
   * against those of the app itself.
   *
   * @default - only those that the app declares
   */
  readonly definitions?: readonly Manifest[];

  /**
   * What the cluster's network is: where the API server is, for workloads that may ask it something, and which addresses are
   * the cluster's own.
   *
   * @default - nothing is known of it: no workload is let through to the API server, and no range of addresses is known to
   *   be the cluster's own
   */
  readonly network?: ClusterNetwork;
}

/**
 * A cdk8s app in which Pulumi `Output`s may stand where they are only passed on. Everything else is cdk8s's own.
 *
 * Write it with `synthesize` (stacks) rather than with `app.synth()`: that adds the checks, the headers and the digests.
 */
export class KeelsonApp extends App {
  /** Knows the `Output`s of every rendered object. */
  public readonly outputs: OutputResolver;

  /** What is known of the images of this app. */
  public readonly images?: ImageLock;

  /** The ways to cluster-admin that are known and wanted. */
  public readonly access?: AccessBaseline;

  /** The day by which waivers expire, where it was given. */
  public readonly today?: string;

  /** CustomResourceDefinitions that the cluster has already. */
  public readonly definitions: readonly Manifest[];

  /** What is stated of the cluster's network, each address in its canonical form. */
  public readonly network: ClusterNetwork;

  readonly #waivers: readonly Waiver[];

  /** @throws KeelsonError where the posture is less strict than the default, the day is none, or the network cannot be */
  public constructor(props: KeelsonAppProps = {}) {
    const outputs = new OutputResolver();
    super({ ...props, resolvers: [outputs, ...(props.resolvers ?? [])] });
    this.outputs = outputs;
    this.#waivers = deepFreeze((props.waivers ?? []).map((waiver) => ({ ...waiver })));
    this.images = props.images;
    this.access = deepFreeze(structuredClone(props.access));
    this.today = props.today;
    if (props.today !== undefined && Number.isNaN(startOfDay(props.today).getTime())) {
      throw new KeelsonError({
        code: 'posture/invalid',
        where: 'app.today',
        message: `"${props.today}" is no day.`,
        fix: 'Give it as YYYY-MM-DD.',
      });
    }
    Posture.tighten(this, props.posture ?? {});
    this.definitions = [...(props.definitions ?? [])];
    const check = new PropsCheck(this);
    this.network = readNetwork(check, props.network ?? {});
    check.done();
  }

  /** What is relaxed in this app, as it was when the app was made: what is checked is what its admission policies have. */
  public get waivers(): readonly Waiver[] {
    return this.#waivers;
  }
}

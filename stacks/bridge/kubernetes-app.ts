import * as pulumi from '@pulumi/pulumi';
import { Chart, type App } from 'cdk8s';
import {
  isMadeByKubernetes,
  ProvidedSecret,
  renderApp,
  type RenderedApp,
  type RenderedChart,
  type RenderedObject,
} from '../../constructs';
import { isAdmissionPolicy } from '../../constructs/render/order';
import { throwIfAny, type Problem } from '../../model';
import { enforceAtSynth, notValidatedMessage, nowOf, podKindOf } from '../../policies';
import { resourceInputs, secretData, type SecretValues } from './inputs';
import { KubernetesObject, pulumiType } from './kubernetes-object';
import { resourceAliases, resourceName } from './resource-name';
import { refuseSecretOutputs } from './secret-outputs';
import { withSecretVersions } from './secret-versions';

/** Settings of a `KubernetesApp`. */
export interface KubernetesAppArgs {
  /** The cdk8s app. It is checked exactly as `synthesize` checks it. */
  readonly app: App;
  /**
   * The values of the app's `ProvidedSecret`s: by `namespace/name`, then by key.
   *
   * @default - none, which is right where the app declares none
   */
  readonly secrets?: SecretValues;
  /**
   * Waits until the app's admission policies are really in force; called once they are created, never in a preview.
   * Workloads are registered only after it.
   *
   * @default - workloads wait for the policies to be created only
   */
  readonly policiesInForce?: (app: RenderedApp) => Promise<void>;
  /**
   * Whether to wait for workloads to be ready. A cluster without nodes (the embedded one) can never make them so.
   *
   * @default true
   */
  readonly waitForReady?: boolean;
  /**
   * More Pulumi options for single objects, for example `ignoreChanges`.
   *
   * @default - none
   */
  readonly optionsFor?: (object: RenderedObject) => pulumi.CustomResourceOptions;
}

/**
 * A cdk8s app under Pulumi: each object is a Kubernetes resource of its own, named as the cluster calls it, below one
 * component for its chart. A construct may move in the tree: its object stays as it is. What `cdk8s synth` writes and what
 * this registers come from one rendering.
 *
 * One stack has one cluster: an object of the same kind, namespace and name in another `KubernetesApp` of the stack is the
 * same resource, which Pulumi refuses.
 *
 * `opts.provider` (or `providers`) and `opts.transforms` reach every object, as for any component.
 */
export class KubernetesApp extends pulumi.ComponentResource {
  /** The app as it was rendered. */
  public readonly rendered: RenderedApp;
  private readonly resources = new Map<RenderedObject, KubernetesObject>();

  /** @throws KeelsonError with every problem of the app, and every secret value that is missing or not asked for */
  public constructor(name: string, args: KubernetesAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super('keelson:stacks:KubernetesApp', name, {}, opts);
    this.rendered = renderApp(args.app);
    const { undetermined, notValidated, warnings } = enforceAtSynth(this.rendered, { now: nowOf(args.app) });
    for (const { control, source, path } of undetermined) {
      void pulumi.log.warn(
        `${source}: ${path} is not known yet; ${control} judges it in the API server.`,
        this,
      );
    }
    for (const warning of warnings) void pulumi.log.warn(warning, this);
    for (const { manifest, source } of notValidated)
      void pulumi.log.warn(notValidatedMessage(manifest, source), this);
    const secrets = secretsByObject(this.rendered, args.app, args.secrets ?? {});

    const vetted = refuseSecretOutputs(this.rendered);
    const charts = this.registerCharts(name);
    const gate = lazy(() => this.openGate(args.policiesInForce));
    for (const object of this.rendered.objects) {
      const values = secrets.get(object);
      const inputs = withSecretVersions(
        object,
        resourceInputs(object, args.waitForReady ?? true, vetted),
        this.resources,
      );
      const options = pulumi.mergeOptions(
        {
          parent: charts.get(Chart.of(object.construct)),
          dependsOn: this.dependencies(object, gate),
          ...(values === undefined ? {} : { additionalSecretOutputs: ['data', 'stringData'] }),
          ...(isImmortal(object) ? { retainOnDelete: true } : {}),
          aliases: resourceAliases(object),
        },
        args.optionsFor?.(object) ?? {},
      );
      this.resources.set(
        object,
        new KubernetesObject(
          pulumiType(object.manifest),
          resourceName(object),
          values === undefined ? inputs : { ...inputs, data: secretData(values) },
          options,
        ),
      );
    }
    this.registerOutputs({ objects: vetted.then(() => this.rendered.objects.length) });
  }

  /** The resource of an object; undefined where the object is not part of this app. */
  public resourceOf(object: RenderedObject): pulumi.CustomResource | undefined {
    return this.resources.get(object);
  }

  private registerCharts(name: string): ReadonlyMap<Chart, pulumi.ComponentResource> {
    const component = ({ path }: RenderedChart): pulumi.ComponentResource =>
      new pulumi.ComponentResource('keelson:stacks:Chart', `${name}/${path}`, {}, { parent: this });
    return new Map(this.rendered.charts.map((chart) => [chart.chart, component(chart)]));
  }

  private dependencies(object: RenderedObject, gate: () => readonly pulumi.Input<pulumi.Resource>[]) {
    const declared = object.dependsOn.map((other) => this.resources.get(other)!);
    return podKindOf(object.manifest) === undefined ? declared : [...declared, ...gate()];
  }

  /** What workloads wait for: the admission policies, which resolve once they are in force. */
  private openGate(
    policiesInForce: KubernetesAppArgs['policiesInForce'],
  ): readonly pulumi.Input<pulumi.Resource>[] {
    const policies = [...this.resources]
      .filter(([object]) => isAdmissionPolicy(object.manifest))
      .map(([, r]) => r);
    if (policies.length === 0 || policiesInForce === undefined || pulumi.runtime.isDryRun()) return policies;
    const created = Promise.all(policies.map((policy) => new Promise((done) => policy.id.apply(done))));
    const inForce = created.then(() => policiesInForce(this.rendered));
    return policies.map((policy) => inForce.then(() => policy));
  }
}

/** Whether the API server refuses to delete an object: it is changed by the stack, and stays when the stack goes. */
function isImmortal({ manifest: { kind, metadata } }: RenderedObject): boolean {
  return kind === 'Namespace' && isMadeByKubernetes(metadata.name ?? '');
}

/** Finds the values for each declared Secret, and refuses a missing one and one that nothing declares. */
function secretsByObject(
  rendered: RenderedApp,
  app: App,
  values: SecretValues,
): ReadonlyMap<RenderedObject, Readonly<Record<string, pulumi.Input<string>>>> {
  const declared = app.node.findAll().filter((construct) => ProvidedSecret.isProvidedSecret(construct));
  const byConstruct = new Map(rendered.objects.map((object) => [object.construct, object]));
  const problems: Problem[] = [];
  const found = new Map<RenderedObject, Readonly<Record<string, pulumi.Input<string>>>>();
  for (const secret of declared) {
    const name = `${secret.namespace}/${secret.name}`;
    const given = values[name] ?? {};
    for (const key of secret.keys.filter((key) => given[key] === undefined)) {
      problems.push(
        missing(
          secret.node.path,
          `Secret ${name} has no value for its key "${key}".`,
          'Give it in `secrets`.',
        ),
      );
    }
    for (const key of Object.keys(given).filter((key) => !secret.keys.includes(key))) {
      problems.push(
        missing(
          secret.node.path,
          `Secret ${name} declares no key "${key}".`,
          'Add it to `keys`, or leave it out.',
        ),
      );
    }
    found.set(byConstruct.get(secret.apiObject)!, given);
  }
  const names = new Set(declared.map((secret) => `${secret.namespace}/${secret.name}`));
  for (const name of Object.keys(values).filter((given) => !names.has(given))) {
    problems.push(
      missing(`secrets["${name}"]`, 'No ProvidedSecret of that name is declared.', 'Correct the name.'),
    );
  }
  throwIfAny(problems);
  return found;
}

function missing(where: string, message: string, fix: string): Problem {
  return { code: 'secret/missing', where, message, fix };
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

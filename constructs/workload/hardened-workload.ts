import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { settingValue, type PostureSettings } from '../../model';
import type { ApiResource } from '../access/api-resource';
import { allow, type RuleLimits } from '../access/rule';
import { WorkloadRoles } from '../access/workload-roles';
import {
  EnvValue,
  Secret,
  Service,
  ServiceAccount,
  Volume,
  type AbstractPod,
  type AbstractPodProps,
  type ContainerProps,
  type k8s,
} from '../cdk8s-plus';
import { WORKLOAD_LABEL } from '../names';
import { Connectable } from '../network/connectable';
import type { Port } from '../network/port';
import type { PortRange } from '../network/port-range';
import { Posture } from '../posture/posture';
import { afterRender, type Manifest } from '../render/after-render';
import type { SecretSource } from '../secrets/secret-source';
import { serves } from '../serves';
import { PropsCheck } from '../validation';
import { withApiToken } from './api-token';
import { containerProps, nameOfPort, portsOf } from './container-props';
import { identityOf, imageUserOf, isIn, type Identity } from './identity';
import { checkShapes } from './option-shapes';
import { hardenPodSpec } from './pod-defaults';
import { checkWorkload } from './workload-check';
import type { WorkloadOptions } from './workload-options';
import { declareWaivers } from './workload-waivers';

/** Notes what is wrong with the options that a kind alone has. */
export type OptionsCheck = (check: PropsCheck) => unknown;

/** What narrows down what a workload may ask of the API server. */
export interface CallLimits extends RuleLimits {
  /**
   * The namespace in which it may; what is in no namespace has none.
   *
   * @default - that of the workload
   */
  readonly namespace?: string;
}

/** A pod with its metadata, as all kinds but Pod keep it in a template. */
interface PodTemplate {
  readonly metadata?: k8s.ObjectMeta;
  readonly spec: k8s.PodSpec;
}

/**
 * What all hardened workloads share: pods that are admitted in a `restricted` namespace as they come. Non-root, read-only, no
 * capability, no escalation, seccomp, no API token, an account of their own, bounded resources, an image pinned by digest.
 *
 * The cdk8s-plus object of each kind is there for everything that has no option here: what is added to it is hardened too.
 *
 * Sources: POD-1, POD-2, POD-4, POD-6, POD-7, AUTH-3 (own account), NET-6; CIS 5.1.5, 5.1.6, 5.2, 5.4.1, 5.6.
 */
export abstract class HardenedWorkload extends Connectable {
  /** Name of the workload. */
  public readonly name: string;
  /** Name of the namespace it lives in. */
  public readonly namespace: string;
  /** The ports that its own container opens. */
  public readonly ports: readonly (Port | PortRange)[];
  /** The account of its pods; nothing is allowed to it but what it `mayCall` and the roles that name it. */
  public readonly serviceAccount: ServiceAccount;
  /** How strict it is. */
  protected readonly posture: PostureSettings;

  private readonly options: WorkloadOptions;
  private readonly roles: WorkloadRoles;
  private readonly identity: Identity;
  private readonly sidecars = new Set<string>();
  private adopted?: AbstractPod;

  /** @throws KeelsonError naming every option that is not valid */
  protected constructor(
    scope: Construct,
    id: string,
    kind: string,
    options: WorkloadOptions,
    ...checks: readonly OptionsCheck[]
  ) {
    super(scope, id);
    this.options = options;
    this.name = options.name ?? id;
    const shapes = new PropsCheck(this);
    checkShapes(shapes, { ...options });
    shapes.done();
    this.namespace = options.namespace.name;
    this.ports = [...portsOf(options), ...(options.portRanges ?? [])];
    this.posture = Posture.of(this);
    const imageUser = imageUserOf(this, options.image);
    const check = checkWorkload(this, options, this.posture, imageUser);
    for (const more of checks) more(check);
    check.done();
    this.identity = identityOf(options, this.posture, imageUser);

    const { name, namespace } = this;
    declareWaivers(this, { kind, namespace, name }, options);
    this.serviceAccount = new ServiceAccount(this, 'ServiceAccount', { metadata: { name, namespace } });
    this.roles = new WorkloadRoles(this, { name, namespace });
    serves(this, 'POD-1', 'POD-2', 'POD-4', 'POD-5', 'POD-6', 'POD-7', 'AUTH-3');
  }

  /**
   * Adds a container that starts before the workload's own and runs as long as it does. It is hardened like every other.
   *
   * @param container as for cdk8s-plus, with a name
   */
  public addSidecar(container: ContainerProps & { readonly name: string }): void {
    this.sidecars.add(container.name);
    this.adopted!.addInitContainer(boundByPosture(container));
  }

  /**
   * Lets it ask something of the API server, where the program uses it: `app.mayCall(api.configMaps, ['get'], { names: ['settings'] })`.
   * With the first call it gets a token, for an hour at a time, at the usual place, and a way to the API server, which the app has
   * to state (`network` of `KeelsonApp`). Until then it has neither.
   *
   * Source: AUTH-3; CIS 5.1.5, 5.1.6.
   *
   * @throws KeelsonError where that is more than a role may allow, or the app does not state where its API server is
   */
  public mayCall<Verb extends string>(
    resource: ApiResource<Verb>,
    verbs: readonly NoInfer<Verb>[],
    { namespace = this.namespace, ...limits }: CallLimits = {},
  ): void {
    this.roles.add(allow(resource, verbs, limits), namespace);
    this.connectToApiServer();
  }

  /** What every kind hands to cdk8s-plus. */
  protected podProps(): AbstractPodProps & {
    readonly podMetadata: { readonly labels: Record<string, string> };
  } {
    const { dns, dockerRegistryAuth, hostAliases, initContainers, terminationGracePeriod, volumes } =
      this.options;
    return {
      ...{ dns, dockerRegistryAuth, hostAliases, terminationGracePeriod, volumes },
      initContainers: initContainers?.map(boundByPosture),
      metadata: { name: this.name, namespace: this.namespace },
      podMetadata: { labels: { [WORKLOAD_LABEL]: this.name } },
      serviceAccount: this.serviceAccount,
      securityContext: this.podIdentity(),
      containers: [containerProps(this.options, this.name, this.identity, this.posture)],
    };
  }

  /** Makes a cdk8s-plus object the workload's own. */
  protected adopt<P extends AbstractPod>(pod: P): P {
    this.adopted = pod;
    this.mountSecrets(pod, this.options.secretFiles ?? {});
    this.mountWritable(pod);
    for (const [variable, { secret, key }] of Object.entries(settingValue(this.options.secretEnv ?? {}))) {
      const source = Secret.fromSecretName(this, `SecretEnv-${variable}`, secret.name);
      pod.containers[0]!.env.addVariable(variable, EnvValue.fromSecretValue({ secret: source, key }));
    }
    afterRender(ApiObject.of(pod), (manifest) => this.finish(manifest));
    return pod;
  }

  /** Puts a Service in front of the pods, on all ports of the workload's own container but its ranges. */
  protected addService(clusterIP?: 'None'): Service | undefined {
    const ports = portsOf(this.options);
    if (ports.length === 0) return undefined;
    return new Service(this, 'Service', {
      metadata: { name: this.name, namespace: this.namespace },
      clusterIP,
      ports: ports.map((port) => ({
        port: port.number,
        targetPort: port.number,
        protocol: port.protocol as never,
        name: nameOfPort(port, ports),
      })),
    });
  }

  /** The rendered object with what cdk8s-plus cannot say. */
  protected finish(manifest: Manifest): Manifest {
    return this.inTemplate(manifest, (spec) => this.finishPod(spec));
  }

  /** Changes the pod of a rendered object, wherever its kind keeps it. */
  protected inTemplate(manifest: Manifest, change: (pod: k8s.PodSpec) => k8s.PodSpec): Manifest {
    const spec = manifest.spec as { readonly template: PodTemplate };
    return {
      ...manifest,
      spec: { ...spec, template: { ...spec.template, spec: change(spec.template.spec) } },
    };
  }

  /** The pod with what cdk8s-plus cannot say, and the defaults of the posture. */
  protected finishPod(pod: k8s.PodSpec): k8s.PodSpec {
    const withSidecars = {
      ...pod,
      ...(pod.initContainers === undefined
        ? {}
        : {
            initContainers: pod.initContainers.map((container) =>
              this.sidecars.has(container.name) ? { ...container, restartPolicy: 'Always' } : container,
            ),
          }),
      containers: pod.containers.map((container, index) =>
        index === 0 ? this.withCapabilities(container) : container,
      ),
    };
    const hardened = hardenPodSpec(withSidecars, this.posture);
    return this.roles.isEmpty ? hardened : withApiToken(hardened);
  }

  /** A relaxed identity is that of the workload's own container; the pod keeps what the posture wants. */
  private podIdentity() {
    const { user, group } = this.identity;
    const inRange = isIn(user, this.posture.users);
    return {
      user: inRange ? user : this.posture.user,
      group: inRange && group !== 0 ? group : this.posture.user,
      fsGroup: group === 0 ? this.posture.user : group,
    };
  }

  private withCapabilities(container: k8s.Container): k8s.Container {
    const add = settingValue<readonly string[]>(this.options.capabilities ?? []);
    if (add.length === 0) return container;
    const capabilities = { drop: ['ALL'], add: [...add] };
    return { ...container, securityContext: { ...container.securityContext, capabilities } };
  }

  private mountSecrets(pod: AbstractPod, secretFiles: Readonly<Record<string, SecretSource>>): void {
    const volumes = new Map<string, Volume>();
    for (const [path, { name }] of Object.entries(secretFiles)) {
      const volume = volumes.get(name) ?? this.secretVolume(name);
      volumes.set(name, volume);
      pod.containers[0]!.mount(path, volume, { readOnly: true });
    }
  }

  private secretVolume(name: string): Volume {
    const secret = Secret.fromSecretName(this, `Secret-${name}`, name);
    return Volume.fromSecret(this, `SecretVolume-${name}`, secret, { defaultMode: 0o440 });
  }

  private mountWritable(pod: AbstractPod): void {
    Object.entries(this.options.writable ?? {}).forEach(([path, sizeLimit], index) => {
      const volume = Volume.fromEmptyDir(this, `Writable${index}`, `writable-${index}`, { sizeLimit });
      pod.containers[0]!.mount(path, volume);
    });
  }
}

/** A container that says nothing of resources, without those that cdk8s-plus would give it: the posture has others. */
function boundByPosture<C extends ContainerProps>(container: C): C {
  return { ...container, resources: container.resources ?? {} };
}

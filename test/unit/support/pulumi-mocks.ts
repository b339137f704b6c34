import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks';
import type { KubernetesApp } from '../../../stacks';

/** How Pulumi marks a secret on the wire: a signature, and beside it the value. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** What the program asked the engine to register. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string;
  readonly provider: string;
  readonly dependencies: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** What else the state may call it: another name, or another type. */
  readonly aliases: readonly { readonly name: string; readonly type: string }[];
  /** As it goes over the wire, so that it can be seen what is secret. */
  readonly inputs: Record<string, unknown>;
}

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getAliasesList(): { getSpec(): { getName(): string; getType(): string } }[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

type Register = (
  request: Request,
  callback: (error: unknown, response?: { getUrn(): string }) => void,
) => unknown;

/**
 * Puts Pulumi's own mocks in the place of the engine.
 *
 * @param preview whether it is a preview
 * @returns what gets registered from now on, in that order
 */
export async function mockPulumi(preview = false): Promise<readonly Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: `id-of-${name}`, state: inputs as Record<string, unknown> }),
      call: () => ({}),
    },
    'project',
    'stack',
    preview,
  );
  const monitor = MockMonitor.prototype as unknown as { registerResource: Register };
  jest.restoreAllMocks();
  const original = monitor.registerResource;
  jest.spyOn(monitor, 'registerResource').mockImplementation(function (this: unknown, request, callback) {
    return original.call(this, request, (error, response) => {
      if (response !== undefined) {
        registered.push({
          type: request.getType(),
          name: request.getName(),
          urn: response.getUrn(),
          parent: request.getParent(),
          provider: request.getProvider(),
          dependencies: request.getDependenciesList(),
          ignoreChanges: request.getIgnorechangesList(),
          additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
          aliases: request.getAliasesList().map((alias) => ({
            name: alias.getSpec().getName(),
            type: alias.getSpec().getType(),
          })),
          inputs: request.getObject().toJavaScript(),
        });
      }
      callback(error, response);
    });
  });
  return registered;
}

/** What is registered, in short: its kind and its name, for example `Deployment shop:api`. */
export function kindAndName({ type, name }: Pick<Registered, 'type' | 'name'>): string {
  return `${type.slice(type.lastIndexOf(':') + 1)} ${name}`;
}

/** The one that is registered under a kind and a name; undefined where none is. */
export function named(registered: readonly Registered[], wanted: string): Registered {
  return registered.find((one) => kindAndName(one) === wanted)!;
}

/** Waits until every object of an app is registered. */
export async function settled(app: KubernetesApp): Promise<void> {
  await Promise.all(app.rendered.objects.map((object) => valueOf(app.resourceOf(object)!.urn)));
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((done) => output.apply((value) => done(value as T)));
}

/** Whether a value on the wire is marked as secret, and its plain value. */
export function wireSecret(value: unknown): { readonly secret: boolean; readonly value: unknown } {
  const marked = value as Record<string, unknown> | null;
  const secret = typeof value === 'object' && marked?.[SIGNATURE] === SECRET;
  return { secret, value: secret ? marked!.value : value };
}

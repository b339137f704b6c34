import type { Size } from 'cdk8s';
import { settingValue, type DefaultResources, type PostureSettings } from '../../model';
import { Cpu, EnvValue, Probe, type ContainerProps } from '../cdk8s-plus';
import type { Port } from '../network/port';
import type { ContainerOptions } from './container-options';
import type { Identity } from './identity';

/** The ports that a container opens, the main one first. */
export function portsOf({ port, otherPorts = [] }: ContainerOptions): readonly Port[] {
  return port === undefined ? otherPorts : [port, ...otherPorts];
}

/** What a port is called: as it was named, and else by its number where there are several, as a Service tells them apart by name. */
export function nameOfPort(port: Port, all: readonly Port[]): string | undefined {
  return port.name ?? (all.length > 1 ? port.toString() : undefined);
}

/** A workload's own container, as cdk8s-plus wants it. What it does not know is filled in after rendering. */
export function containerProps(
  options: ContainerOptions,
  name: string,
  { user, group }: Identity,
  posture: PostureSettings,
): ContainerProps {
  const ports = portsOf(options);
  return {
    name,
    // The casts are what "passed on" means: cdk8s-plus only carries the value to the manifest.
    image: settingValue(options.image) as string,
    command: options.command && [...(options.command as readonly string[])],
    args: options.args && [...(options.args as readonly string[])],
    workingDir: options.workingDir,
    envVariables: Object.fromEntries(
      Object.entries(options.env ?? {}).map(([key, value]) => [key, EnvValue.fromValue(value as string)]),
    ),
    ports: [
      ...ports.map((port) => ({
        number: port.number,
        protocol: port.protocol as never,
        name: nameOfPort(port, ports),
      })),
      // The API knows no ranges here: the first port stands for all of them.
      ...(options.portRanges ?? []).map(({ first, protocol }) => ({
        number: first,
        protocol: protocol as never,
      })),
    ],
    readiness: options.readiness ?? defaultReadiness(options.port),
    liveness: options.liveness,
    startup: options.startup,
    lifecycle: options.lifecycle,
    resources: resourcesOf(options, posture.resources),
    securityContext: {
      user,
      group,
      ensureNonRoot: user !== 0,
      readOnlyRootFilesystem: settingValue<boolean | undefined>(options.readOnlyRoot),
    },
  };
}

function defaultReadiness(port: Port | undefined): Probe | undefined {
  return port?.protocol === 'TCP' ? Probe.fromTcpSocket({ port: port.number }) : undefined;
}

/**
 * What was said, and the posture's CPU: an autoscaler of cdk8s-plus asks for either. What is left out is filled in after
 * rendering, where cdk8s-plus would have numbers of its own.
 */
function resourcesOf(
  { cpuMillis, memory }: ContainerOptions,
  { cpu, cpuLimit }: DefaultResources,
): ContainerProps['resources'] {
  return {
    cpu:
      cpuMillis === undefined
        ? { request: cpuOf(cpu), limit: cpuOf(cpuLimit) }
        : { request: Cpu.millis(cpuMillis), limit: Cpu.millis(cpuMillis * 4) },
    // What is bounded is reserved: resource-defaults.ts.
    ...(memory === undefined ? {} : { memory: { limit: memory } }),
  };
}

/** An amount of CPU in cores or thousandths; undefined for what cdk8s-plus cannot say. */
function cpuOf(quantity: string): Cpu | undefined {
  const [, amount, millis] = /^([0-9]+)(m?)$/.exec(quantity) ?? [];
  if (amount === undefined) return undefined;
  return millis === 'm' ? Cpu.millis(Number(amount)) : Cpu.units(Number(amount));
}

/** The size of a folder as Kubernetes writes it. */
export function quantity(size: Size): string {
  return `${size.toMebibytes()}Mi`;
}

import type { EngineEvent } from '@pulumi/pulumi/automation';
import { describeEvent } from '../../../cli/pulumi-events';

const urnOf = (type: string, name: string): string =>
  `urn:pulumi:embedded::keelson::keelson:stacks:KubernetesApp$keelson:stacks:Chart$${type}::${name}`;

const done = (op: string, type: string, name: string, planning = false) =>
  ({
    resOutputsEvent: { metadata: { op, type, urn: urnOf(type, name) }, planning },
  }) as unknown as EngineEvent;

const diagnostic = (severity: string, message: string, urn?: string) =>
  ({ diagnosticEvent: { severity, message, urn } }) as unknown as EngineEvent;

const ROLE = 'kubernetes:rbac.authorization.k8s.io/v1:Role';

describe('an event of the engine, in a line', () => {
  it.each([
    [done('create', 'kubernetes:apps/v1:Deployment', 'shop:web'), '+ Deployment shop:web'],
    [done('delete', 'kubernetes:core/v1:Namespace', 'shop'), '- Namespace shop'],
    [done('update', ROLE, 'kube-system:system::leader'), '~ Role kube-system:system::leader'],
    [
      diagnostic('error', '<{%reset%}>refused<{%reset%}>\n', urnOf('kubernetes:core/v1:Service', 'shop:web')),
      'error: Service shop:web: refused',
    ],
    [diagnostic('warning', 'slow'), 'warning: Pulumi: slow'],
  ])('%#: %j', (event, line) => {
    expect(describeEvent(event)).toBe(line);
  });

  it.each([
    done('same', 'kubernetes:apps/v1:Deployment', 'shop:web'),
    done('create', 'kubernetes:apps/v1:Deployment', 'shop:web', true),
    done('create', 'pulumi:providers:kubernetes', 'cluster'),
    diagnostic('info', 'told'),
    diagnostic('warning', 'using pulumi-resource-kubernetes from $PATH at /bin'),
    { timestamp: 0 } as unknown as EngineEvent,
  ])('is left out: %j', (event) => {
    expect(describeEvent(event)).toBeUndefined();
  });
});

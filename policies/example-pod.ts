import type { Example } from './subjects';

type Fields = Readonly<Record<string, unknown>>;

/** An image by digest, as every example has it. */
export const EXAMPLE_IMAGE = `registry.example/app:1@sha256:${'0123456789abcdef'.repeat(4)}`;

/** The bounds of an example container. */
const RESOURCES = {
  requests: { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' },
  limits: { memory: '16Mi', 'ephemeral-storage': '64Mi' },
};

/** A pod that breaks no control, with changes: an example then shows the one thing that it is about. */
export function examplePod(pod: Fields = {}, container: Fields = {}): Example {
  const { securityContext, ...others } = pod;
  return {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      ...(securityContext as Fields | undefined),
    },
    containers: [exampleContainer(container)],
    ...others,
  };
}

/** A container that breaks no control, with changes to it and to its security context. */
export function exampleContainer(changes: Fields = {}): Fields {
  const { securityContext, ...others } = changes;
  return {
    name: 'app',
    image: EXAMPLE_IMAGE,
    resources: RESOURCES,
    ...others,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      ...(securityContext as Fields | undefined),
    },
  };
}

/** An example pod whose one container has these changes in its security context. */
export function podWithSecurity(securityContext: Fields): Example {
  return examplePod({}, { securityContext });
}

/** An example pod with changes in its own security context. */
export function podSecurity(securityContext: Fields): Example {
  return examplePod({ securityContext });
}

/** An example pod with a sound container, and an init container with these changes. */
export function podWithInitContainer(changes: Fields): Example {
  return examplePod({ initContainers: [exampleContainer({ name: 'init', ...changes })] });
}

/** An example pod with a sound container, and an init container with these changes in its security context. */
export function podWithInit(securityContext: Fields): Example {
  return podWithInitContainer({ securityContext });
}

/** An example pod with one volume. */
export function podWithVolume(source: Fields): Example {
  return examplePod({ volumes: [{ name: 'data', ...source }] });
}

/** An example pod with annotations. */
export function annotatedPod(annotations: Readonly<Record<string, string>>): Example {
  return { metadata: { annotations }, spec: examplePod() };
}

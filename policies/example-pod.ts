import type { Example } from './subjects';

type Fields = Readonly<Record<string, unknown>>;

/** A pod that breaks no control, with changes: an example then shows the one thing that it is about. */
export function examplePod(pod: Fields = {}, container: Fields = {}): Example {
  return {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [exampleContainer(container)],
    ...pod,
  };
}

/** A container that breaks no control, with changes to it and to its security context. */
export function exampleContainer(changes: Fields = {}): Fields {
  const { securityContext, ...others } = changes;
  return {
    name: 'app',
    image: 'registry.example/app:1',
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

/** An example pod with a sound container, and an init container with these changes in its security context. */
export function podWithInit(securityContext: Fields): Example {
  return examplePod({ initContainers: [exampleContainer({ name: 'init', securityContext })] });
}

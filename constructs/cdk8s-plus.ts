/**
 * The only door to cdk8s-plus-27. Everything that keelson uses of it is named here, so that another release of it is a
 * change to this file.
 */
export {
  Capability,
  Cpu,
  Deployment,
  EmptyDirMedium,
  EnvValue,
  ImagePullPolicy,
  Probe,
  Secret,
  Service,
  ServiceAccount,
  Volume,
  k8s,
} from 'cdk8s-plus-27';
export type { ContainerProps, ContainerResources, VolumeMount } from 'cdk8s-plus-27';

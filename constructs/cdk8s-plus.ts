/**
 * The only door to cdk8s-plus-27. Everything that keelson uses of it is named here, so that another release of it is a
 * change to this file.
 */
export {
  ConcurrencyPolicy,
  Cpu,
  CronJob,
  DaemonSet,
  Deployment,
  DeploymentStrategy,
  EnvValue,
  Job,
  PercentOrAbsolute,
  Pod,
  Probe,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  Volume,
  k8s,
} from 'cdk8s-plus-27';
export type {
  AbstractPod,
  AbstractPodProps,
  ContainerLifecycle,
  ContainerProps,
  CronJobProps,
  DaemonSetProps,
  DeploymentProps,
  JobProps,
  StatefulSetProps,
  Workload,
} from 'cdk8s-plus-27';

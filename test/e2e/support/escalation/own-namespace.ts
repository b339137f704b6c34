import type { LesserPersona } from '../personas';

/**
 * Whoever makes workloads in a namespace has the rights of the accounts that live there and reads what they mount, and whoever reads
 * logs reads what is written there: RBAC cannot tell one deployment from another. So nothing strong may live where people work, only
 * admission keeps their pods in their containers, and these are all the ways by which something would be won without either.
 */
export const IN_THEIR_OWN: Readonly<Record<string, readonly LesserPersona[]>> = {
  'makes deployments that run as a stronger account': ['developer', 'deployer'],
  'makes statefulsets that run as a stronger account': ['developer', 'deployer'],
  'makes daemonsets that run as a stronger account': ['deployer'],
  'makes jobs that run as a stronger account': ['developer', 'deployer'],
  'makes cronjobs that run as a stronger account': ['developer', 'deployer'],
  'changes deployments to run as a stronger account': ['developer', 'deployer', 'operator'],
  'changes statefulsets to run as a stronger account': ['developer', 'deployer', 'operator'],
  'changes daemonsets to run as a stronger account': ['deployer', 'operator'],
  'makes a deployment that mounts a Secret': ['developer', 'deployer'],
  "reads the authority's key by a deployment": ['developer', 'deployer'],
  'reads a token in a log': ['developer', 'readOnly'],
};

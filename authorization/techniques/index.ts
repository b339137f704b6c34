import type { Technique } from '../technique';
import { allVerbs } from './all-verbs';
import { bind } from './bind';
import { changeAdmission } from './change-admission';
import { createToken } from './create-token';
import { createWorkload, privilegedPod } from './create-workload';
import { enterPod } from './enter-pod';
import { escalate } from './escalate';
import { impersonate } from './impersonate';
import { joinToken } from './join-token';
import { kubelet } from './kubelet';
import { nodeIdentity } from './node-identity';
import { persistentVolume } from './persistent-volume';
import { readSecrets } from './read-secrets';
import { relabelNamespace } from './relabel-namespace';
import { replaceApi } from './replace-api';
import { signCertificate } from './sign-certificate';

/** All known ways to more rights, the shortest first. */
export const TECHNIQUES: readonly Technique[] = [
  allVerbs,
  bind,
  escalate,
  impersonate,
  signCertificate,
  changeAdmission,
  replaceApi,
  kubelet,
  createToken,
  readSecrets,
  nodeIdentity,
  joinToken,
  createWorkload,
  enterPod,
  privilegedPod,
  relabelNamespace,
  persistentVolume,
];

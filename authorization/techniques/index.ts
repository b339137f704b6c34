import type { Technique } from '../technique';
import { allVerbs } from './all-verbs';
import { bind } from './bind';
import { changeAdmission } from './change-admission';
import { createToken } from './create-token';
import { createWorkload, privilegedPod } from './create-workload';
import { enterPod } from './enter-pod';
import { escalate } from './escalate';
import { impersonate } from './impersonate';
import { kubelet } from './kubelet';
import { persistentVolume } from './persistent-volume';
import { readSecrets } from './read-secrets';
import { relabelNamespace } from './relabel-namespace';
import { signCertificate } from './sign-certificate';

/** All known ways to more rights, the shortest first. */
export const TECHNIQUES: readonly Technique[] = [
  allVerbs,
  bind,
  escalate,
  impersonate,
  signCertificate,
  changeAdmission,
  kubelet,
  createToken,
  readSecrets,
  createWorkload,
  enterPod,
  privilegedPod,
  relabelNamespace,
  persistentVolume,
];

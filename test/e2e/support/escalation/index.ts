import { ADMISSION_TECHNIQUES } from './admission';
import { CREDENTIAL_TECHNIQUES } from './credentials';
import { NODE_TECHNIQUES } from './nodes';
import { ROLE_TECHNIQUES } from './roles';
import type { Technique } from './technique';
import { WORKLOAD_TECHNIQUES } from './workloads';

/** Every known way from a right to a greater one that is tried. */
export const TECHNIQUES: readonly Technique[] = [
  ...ROLE_TECHNIQUES,
  ...CREDENTIAL_TECHNIQUES,
  ...WORKLOAD_TECHNIQUES,
  ...NODE_TECHNIQUES,
  ...ADMISSION_TECHNIQUES,
];

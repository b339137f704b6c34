import { defineControl, parameter } from '../../control';
import { VOLUMES } from '../../elements';
import { examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { absentOr } from '../fields';

const token = (expirationSeconds?: number) =>
  examplePod({
    serviceAccountName: 'app',
    volumes: [
      {
        name: 'token',
        projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds } }] },
      },
    ],
  });

/** An hour, and the seven seconds by which the API server knows the tokens that it mounts itself. */
const AN_HOUR = 3607;

export default defineControl({
  id: 'token-lifetime',
  area: 'workload',
  title: 'Tokens that a pod asks for live an hour at most',
  rationale: 'A stolen token is of use until it ends; the kubelet renews the one of a running pod in time.',
  severity: 'medium',
  remediation: 'Leave out expirationSeconds, or lower it.',
  mappings: { recommendations: ['AUTH-2', 'AUTH-3'], cis: [], attack: ['T1528', 'T1550.001'] },
  kinds: POD_KINDS,
  parameters: {
    maxSeconds: parameter(
      'The longest life of a token, in seconds; 600 at least.',
      (z) => z.number().int().min(600),
      AN_HOUR,
    ),
  },
  validations: [
    {
      forEach: VOLUMES,
      expression: absentOr(
        'volume.projected.sources',
        'volume.projected.sources.all(s, !has(s.serviceAccountToken) || !has(s.serviceAccountToken.expirationSeconds) || s.serviceAccountToken.expirationSeconds <= variables.maxSeconds)',
      ),
      path: 'projected.sources',
      message: 'The volume holds a token that lives too long.',
    },
  ],
  examples: {
    good: [examplePod(), token(), token(600), token(AN_HOUR)],
    bad: [token(86400), token(AN_HOUR + 1)],
  },
});

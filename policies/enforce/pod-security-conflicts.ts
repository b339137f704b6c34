import type { Manifest } from '../../constructs';
import {
  formatResource,
  POD_SECURITY_LEVELS,
  type Finding,
  type PodSecurityLevel,
  type Problem,
} from '../../model';
import { CONTROLS } from '../controls';

const LABEL = 'pod-security.kubernetes.io/enforce';

/** The check of the Pod Security Standards that a control is, by the control's id. */
const LEVELS = new Map(
  CONTROLS.flatMap(({ id, mappings }) => (mappings.pss ? [[id, mappings.pss.level]] : [])),
);

/**
 * Workloads that a waiver lets pass and whose pods the namespace refuses all the same: Pod Security, which knows no waivers,
 * would stop each pod only once its workload is there.
 *
 * @param objects all objects, among them the namespaces
 */
export function refusedByNamespace(
  findings: readonly Finding[],
  objects: readonly { readonly manifest: Manifest }[],
): readonly Problem[] {
  const enforced = new Map(
    objects
      .filter(({ manifest }) => manifest.kind === 'Namespace')
      .map(({ manifest: { metadata } }) => [metadata.name, metadata.labels?.[LABEL] as PodSecurityLevel]),
  );
  return findings.flatMap(({ control, resource, source, waiver }) => {
    const level = LEVELS.get(control);
    const namespace = enforced.get(resource.namespace);
    if (waiver === undefined || level === undefined || namespace === undefined) return [];
    if (strictness(namespace) > strictness(level)) return [];
    return [
      {
        code: 'waiver/invalid' as const,
        where: source,
        message: `${formatResource(resource)} is waived from ${control}, and namespace ${resource.namespace} enforces Pod Security "${namespace}", which refuses its pods all the same.`,
        fix: 'Put it in a namespace of its own whose `profile` is waived, or meet the control.',
      },
    ];
  });
}

/** The place among the levels, the strictest being 0; what is no level enforces nothing. */
function strictness(level: PodSecurityLevel): number {
  const place = POD_SECURITY_LEVELS.indexOf(level);
  return place === -1 ? POD_SECURITY_LEVELS.length : place;
}

import { Construct } from 'constructs';
import { k8s } from '../../cdk8s-plus';
import type { HardenedNamespace } from '../../namespace/hardened-namespace';
import { isMadeByKubernetes } from '../../namespace/system-namespaces';
import { Posture } from '../../posture/posture';
import { serves } from '../../serves';
import { PropsCheck, shown } from '../../validation';
import { BREAK_GLASS_GROUP } from '../break-glass';
import { ClusterWideRole } from '../cluster-wide-role';
import { RESERVED_PREFIXES } from '../oidc-issuer';
import type { AccessRule } from '../rule';
import { ScopedRole } from '../scoped-role';
import type { RoleSubject } from '../subject';
import {
  auditorRules,
  deployerRules,
  developerRules,
  operatorNamespaceRules,
  operatorRules,
  readOnlyRules,
} from './persona-rules';

/** Who is a persona everywhere. */
export interface ClusterPersona {
  /** Groups of your identity provider as the API server sees them, with their prefix: for example `team:auditors`. */
  readonly groups: readonly string[];
}

/** Who is a persona in some namespaces. */
export interface NamespacePersona extends ClusterPersona {
  /** The namespaces in which they are; not those that Kubernetes makes itself, such as `kube-system`. */
  readonly namespaces: readonly HardenedNamespace[];
}

/** Who deploys: people, and the accounts of what builds and deploys. */
export interface DeployerPersona {
  /** Groups, or service accounts. */
  readonly subjects: readonly RoleSubject[];
  /** The namespaces into which they deploy; not those that Kubernetes makes itself. */
  readonly namespaces: readonly HardenedNamespace[];
}

/** Who keeps the cluster running. */
export interface OperatorPersona extends NamespacePersona {
  /**
   * Names of the worker nodes that they may cordon and label. Those of the control plane do not belong here: where a
   * `SelfManagedCluster` stands in the same app, synth refuses all but its workers.
   *
   * @default - none
   */
  readonly nodes?: readonly string[];
}

/** Settings of {@link Personas}. */
export interface PersonasProps {
  /**
   * Works on applications in some namespaces.
   *
   * @default - nobody
   */
  readonly developer?: NamespacePersona;
  /**
   * Brings applications into some namespaces, as CI does.
   *
   * @default - nobody
   */
  readonly deployer?: DeployerPersona;
  /**
   * Sees the cluster but its Secrets and logs, and keeps the workloads of some namespaces running.
   *
   * @default - nobody
   */
  readonly operator?: OperatorPersona;
  /**
   * Sees the cluster but its Secrets and logs, and asks who may do what.
   *
   * @default - nobody
   */
  readonly auditor?: ClusterPersona;
  /**
   * Looks into some namespaces.
   *
   * @default - nobody
   */
  readonly readOnly?: NamespacePersona;
  /**
   * Binds the group of break-glass certificates to `cluster-admin`. `keelson break-glass` makes such a certificate for some hours, and
   * the audit policy logs all it does with request and response.
   *
   * @default false: the embedded control plane has this binding from its start
   */
  readonly breakGlass?: boolean;
}

/** The lists that each persona needs, which JavaScript may leave out. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  developer: ['groups', 'namespaces'],
  deployer: ['subjects', 'namespaces'],
  operator: ['groups', 'namespaces'],
  auditor: ['groups'],
  readOnly: ['groups', 'namespaces'],
};

/** What {@link PersonasProps} has. */
const PROPERTIES = [...Object.keys(LISTS), 'breakGlass'];

/**
 * The people of a cluster by what they do, each with the rights for that and no more; all of it is listed, nothing is a wildcard. None
 * but break-glass reads Secrets, runs commands in containers, makes tokens, changes roles, approves certificates, changes what is
 * admitted, or reaches a kubelet, a node of the control plane or a workload in `kube-system`. Whoever may change a workload can have its
 * pods mount the Secrets and use the accounts of their namespace: RBAC knows no border within one.
 *
 * Source: AUTH-3, NET-2, AUTH-2; CIS 5.1.1 to 5.1.13.
 */
export class Personas extends Construct {
  /** The nodes that operators may cordon and label. */
  public readonly operatorNodes: readonly string[];

  /** @throws KeelsonError naming every group that cannot be one, and every persona without groups or namespaces */
  public constructor(scope: Construct, id: string, props: PersonasProps) {
    super(scope, id);
    checkPersonas(this, props);
    const { kubernetes } = Posture.of(this);
    const { developer, deployer, operator, auditor, readOnly, breakGlass } = props;
    this.operatorNodes = [...(operator?.nodes ?? [])];
    if (developer) this.inEach('developer', developer, developerRules(kubernetes));
    if (deployer) this.inNamespaces('deployer', deployer.namespaces, deployerRules(), deployer.subjects);
    if (readOnly) this.inEach('read-only', readOnly, readOnlyRules(kubernetes));
    if (auditor) this.everywhere('auditor', auditor, auditorRules(kubernetes));
    if (operator) {
      this.everywhere('operator', operator, operatorRules(kubernetes, this.operatorNodes));
      this.inEach('operator', operator, operatorNamespaceRules());
    }
    if (breakGlass === true) this.bindBreakGlass();
    serves(this, 'AUTH-3', 'NET-2');
  }

  private everywhere(persona: string, { groups }: ClusterPersona, rules: readonly AccessRule[]): void {
    new ClusterWideRole(this, persona, { name: nameOf(persona), rules, subjects: groups.map(subject) });
  }

  private inEach(
    persona: string,
    { groups, namespaces }: NamespacePersona,
    rules: readonly AccessRule[],
  ): void {
    this.inNamespaces(persona, namespaces, rules, groups.map(subject));
  }

  private inNamespaces(
    persona: string,
    namespaces: readonly HardenedNamespace[],
    rules: readonly AccessRule[],
    subjects: readonly RoleSubject[],
  ): void {
    for (const namespace of namespaces)
      new ScopedRole(this, `${persona}-in-${namespace.name}`, {
        name: nameOf(persona),
        ...{ namespace, rules, subjects },
      });
  }

  private bindBreakGlass(): void {
    new k8s.KubeClusterRoleBinding(this, 'break-glass', {
      metadata: { name: BREAK_GLASS_GROUP },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: BREAK_GLASS_GROUP }],
    });
  }
}

function subject(group: string): RoleSubject {
  return { group };
}

/** With a colon it is no name that a chart gives by accident; a workload in a namespace `persona` would be refused as its double. */
function nameOf(persona: string): string {
  return `persona:${persona}`;
}

function checkPersonas(personas: Personas, props: PersonasProps): void {
  const check = new PropsCheck(personas);
  const { developer, deployer, operator, auditor, readOnly } = props;
  checkNames(check, props);
  for (const [name, persona] of Object.entries({ developer, deployer, operator, auditor, readOnly })) {
    if (persona === undefined || !hasLists(check, name, persona)) continue;
    const subjects = 'groups' in persona ? persona.groups.map(subject) : persona.subjects;
    const where = 'groups' in persona ? `${name}.groups` : `${name}.subjects`;
    check.require(subjects.length > 0, where, 'Nobody is named.', 'Name a group, or leave the persona out.');
    subjects.forEach((one, index) => {
      // No identity provider vouches for these.
      const isReserved =
        'group' in one &&
        (one.group === '' || RESERVED_PREFIXES.some((prefix) => one.group.startsWith(prefix)));
      check.require(
        !isReserved,
        `${where}[${index}]`,
        `The group "${'group' in one ? one.group : ''}" is empty, or starts as those of Kubernetes and keelson do.`,
        'Name a group of your identity provider.',
      );
    });
    if (!('namespaces' in persona)) continue;
    checkNamespaces(check, `${name}.namespaces`, persona.namespaces);
  }
  check.done();
}

/** A misspelled persona, where no compiler looks, would be nobody without a word. */
function checkNames(check: PropsCheck, props: PersonasProps): void {
  for (const name of Object.keys(props)) {
    check.require(
      PROPERTIES.includes(name),
      name,
      `There is no persona "${name}".`,
      `Choose from ${PROPERTIES.join(', ')}.`,
    );
  }
}

function checkNamespaces(check: PropsCheck, where: string, namespaces: readonly HardenedNamespace[]): void {
  check.require(
    namespaces.length > 0,
    where,
    'No namespace is named.',
    'Name those in which they work, or leave the persona out.',
  );
  const isNamed = ({ name }: HardenedNamespace): boolean => typeof name === 'string';
  namespaces.forEach((namespace, index) =>
    check.require(
      isNamed(namespace),
      `${where}[${index}]`,
      `${shown(namespace)} is no namespace.`,
      'Give the HardenedNamespace itself.',
    ),
  );
  if (!namespaces.every(isNamed)) return;
  const names = namespaces.map(({ name }) => name);
  names.forEach((name, index) => {
    check
      .require(
        !isMadeByKubernetes(name),
        `${where}[${index}]`,
        `"${name}" is Kubernetes' own: only break-glass changes what is in it.`,
        'Name a namespace of an application.',
      )
      .require(
        names.indexOf(name) === index,
        `${where}[${index}]`,
        `"${name}" is named twice.`,
        'Name it once.',
      );
  });
}

function hasLists(check: PropsCheck, name: string, persona: object): boolean {
  const missing = LISTS[name]!.filter((list) => !Array.isArray((persona as Record<string, unknown>)[list]));
  for (const list of missing)
    check.require(false, `${name}.${list}`, 'It is no list.', 'Give a list, or leave the persona out.');
  return missing.length === 0;
}

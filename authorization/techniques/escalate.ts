import { CLUSTER } from '../holder';
import { covers, permissions, together } from '../permission';
import type { Step, Technique } from '../technique';

const RBAC = 'rbac.authorization.k8s.io';

/** Changes a role that it has itself, past the check that nobody gives what they do not have. */
export const escalate: Technique = {
  id: 'escalate',
  title: 'gives a role that it has itself more rights',
  source: 'T1098.006; CIS 5.1.8',
  steps: (grants) => {
    const held = (kind: string) =>
      grants.map(({ binding }) => binding).filter(({ role }) => role.kind === kind);
    const changes = (resource: string) => {
      const [write, extra] = [['update', 'patch'], ['escalate']].map((verbs) =>
        permissions(grants, { verbs, group: RBAC, resource }),
      );
      return { write: write!, extra: extra! };
    };
    const cluster = changes('clusterroles');
    const own = held('ClusterRole');
    const clusterWide = cluster.write.flatMap((write) =>
      cluster.extra.flatMap((extra) =>
        write.namespace === undefined && extra.namespace === undefined
          ? own
              .filter(({ role }) => covers(write, role.name) && covers(extra, role.name))
              .slice(0, 1)
              .map(({ namespace }) => ({
                ...(namespace === undefined ? {} : { namespace }),
                because:
                  write.because === extra.because ? write.because : `${write.because} and ${extra.because}`,
              }))
          : [],
      ),
    );
    const { write, extra } = changes('roles');
    const names = held('Role').map(({ namespace, role }) => ({ namespace, name: role.name }));
    const scoped = together(
      write.filter((one) => names.some(({ name }) => covers(one, name))),
      extra.filter((one) => names.some(({ name }) => covers(one, name))),
    ).flatMap(({ namespace, because }) =>
      namespace === undefined
        ? names.map((one) => ({ namespace: one.namespace!, because }))
        : names.some((one) => one.namespace === namespace)
          ? [{ namespace, because }]
          : [],
    );
    return [...clusterWide, ...scoped].map(
      ({ namespace, because }: { namespace?: string; because: string }): Step => ({
        to: namespace === undefined ? CLUSTER : { kind: 'Namespace', name: namespace },
        because,
      }),
    );
  },
};

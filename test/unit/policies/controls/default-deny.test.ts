import type { Manifest } from '../../../../constructs';
import { checkObjects, CONTROLS } from '../../../../policies';

const control = CONTROLS.find(({ id }) => id === 'default-deny')!;

const isRefused = (...policies: readonly Manifest[]): boolean =>
  checkObjects(
    [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, ...policies].map((manifest) => ({
      manifest,
      source: 'test',
    })),
    [control],
  ).length > 0;

const policyIn =
  (namespace: string) =>
  (spec: object): Manifest => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'policy', namespace },
    spec,
  });
const inShop = policyIn('shop');
const elsewhere = policyIn('other');

it.each<[string, readonly Manifest[], boolean]>([
  ['no policy', [], true],
  ['one for both directions', [inShop({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })], false],
  ['one for ingress only', [inShop({ podSelector: {} })], true],
  ['one for egress only', [inShop({ podSelector: {}, policyTypes: ['Egress'] })], true],
  ['one each', [inShop({ podSelector: {} }), inShop({ podSelector: {}, policyTypes: ['Egress'] })], false],
  [
    'one for some pods',
    [inShop({ podSelector: { matchLabels: { a: 'b' } }, policyTypes: ['Ingress', 'Egress'] })],
    true,
  ],
  ['an empty list of directions, which is ingress', [inShop({ podSelector: {}, policyTypes: [] })], true],
  ['an empty list of rules, which says nothing of egress', [inShop({ podSelector: {}, egress: [] })], true],
  ['a rule for each direction', [inShop({ podSelector: { matchLabels: {} }, egress: [{}] })], false],
  ['one elsewhere', [elsewhere({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })], true],
])('a namespace with %s', (_what, policies, refused) => {
  expect(isRefused(...policies)).toBe(refused);
});

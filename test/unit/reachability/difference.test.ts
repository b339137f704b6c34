import { differenceOf, isSame, readCluster, reachabilityOf } from '../../../reachability';
import { connection, namespace, objectsOf, pod, policy } from '../support/network';

const matrix = (yaml: string) => reachabilityOf(readCluster(objectsOf(yaml)));
const SHOP = namespace() + pod('web') + pod('api');
const compare = (before: string, after: string) => {
  const { opened, closed, policiesAfter, policiesBefore, ...rest } = differenceOf(
    matrix(before),
    matrix(after),
  );
  const text = (changes: typeof opened) =>
    changes.map(
      ({ from, to, openings }) =>
        `${from} > ${to} ${openings.map(({ protocol, port, endPort }) => `${protocol} ${port}-${endPort}`).join(', ')}`,
    );
  expect([...policiesAfter, ...policiesBefore].every(({ name }) => name.includes('/'))).toBe(true);
  return { ...rest, opened: text(opened), closed: text(closed) };
};
const NOTHING = {
  ...{ opened: [], closed: [], released: [], held: [] },
  ...{ added: [], removed: [], notCounted: [] },
};

it('is nothing between two of the same, whatever their policies are called', () => {
  const yaml = SHOP + connection('web', 'api', '8080');
  expect(compare(yaml, yaml.replaceAll('web-out', 'renamed'))).toEqual(NOTHING);
  expect(isSame(differenceOf(matrix(yaml), matrix(yaml)))).toBe(true);
});

it('names what opens and what closes', () => {
  const open = SHOP + connection('web', 'api', '8080');
  expect(compare(SHOP, open)).toEqual({ ...NOTHING, opened: ['Pod shop/web > Pod shop/api TCP 8080-8080'] });
  expect(compare(open, SHOP)).toEqual({ ...NOTHING, closed: ['Pod shop/web > Pod shop/api TCP 8080-8080'] });
  expect(isSame(differenceOf(matrix(SHOP), matrix(open)))).toBe(false);
});

it('names of ranges only the ports that change', () => {
  expect(
    compare(
      SHOP + connection('web', 'api', '8000, endPort: 8010'),
      SHOP + connection('web', 'api', '8005, endPort: 8020'),
    ),
  ).toEqual({
    ...NOTHING,
    opened: ['Pod shop/web > Pod shop/api TCP 8011-8020'],
    closed: ['Pod shop/web > Pod shop/api TCP 8000-8004'],
  });
  expect(
    compare(SHOP + connection('web', 'api', '8005'), SHOP + connection('web', 'api', '8000, endPort: 8010'))
      .opened,
  ).toEqual(['Pod shop/web > Pod shop/api TCP 8000-8004, TCP 8006-8010']);
});

it('names what nothing denies by default any more, and what now is denied', () => {
  const loose = SHOP.replace('policyTypes: [Ingress, Egress]', 'policyTypes: [Ingress]');
  const change = compare(SHOP, loose);
  expect(change.released.map(({ id, direction }) => `${id} ${direction}`)).toEqual([
    'Pod shop/api egress',
    'Pod shop/web egress',
  ]);
  expect(change.opened).toContain('Pod shop/web > metadata TCP 1-65535, UDP 1-65535, SCTP 1-65535');
  expect(compare(loose, SHOP).held).toHaveLength(2);
});

it('names points that come and go', () => {
  const more =
    SHOP +
    pod('db') +
    policy(
      'out',
      '{ podSelector: { matchLabels: { app: db } }, egress: [{ to: [{ ipBlock: { cidr: 192.0.2.0/24 } }] }] }',
    );
  expect(compare(SHOP, more).added).toEqual(['Pod shop/db', '192.0.2.0/24']);
  expect(compare(more, SHOP).removed).toEqual(['Pod shop/db', '192.0.2.0/24']);
});

it('names policies that say something else, though the other side keeps closed what they open', () => {
  const [, out] = connection('web', 'api', '8080').split('---');
  const half = SHOP + `---${out}`;
  const change = differenceOf(matrix(SHOP), matrix(half));
  expect(change.opened).toEqual([]);
  expect(change.policiesAfter).toEqual([
    {
      ...{ name: 'shop/web-out', source: 'test', pods: 'pods app=web in shop' },
      egress: ['pods app=api in shop: TCP 8080'],
    },
  ]);
  expect(change.policiesBefore).toEqual([]);
  const wider = half.replace('{ podSelector: { matchLabels: { app: api } } }', '{ podSelector: {} }');
  const widened = differenceOf(matrix(half), matrix(wider));
  expect(widened.policiesBefore.flatMap(({ egress }) => egress)).toEqual(['pods app=api in shop: TCP 8080']);
  expect(widened.policiesAfter.flatMap(({ egress }) => egress)).toEqual(['all pods in shop: TCP 8080']);
  expect(isSame(widened)).toBe(false);
});

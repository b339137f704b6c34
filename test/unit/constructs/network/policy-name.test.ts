import fc from 'fast-check';
import {
  Addresses,
  Connection,
  ForeignPods,
  NamedPort,
  Port,
  renderApp,
  type ConnectionEnd,
  type ConnectionPeer,
} from '../../../../constructs';
import { policyName } from '../../../../constructs/network/policy-name';
import { appWithChart } from '../../support/charts';

const OBJECT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

it('is as it reads where that is clear', () => {
  expect(policyName('web-to-api-tcp-8080', ['web', 'api', '8080'])).toBe('web-to-api-tcp-8080');
});

it.each([
  ['a word of ours in a name', 'a-to-b-to-c', ['a-to-b', 'c']],
  ['a word of ours as a name', 'to-to-to', ['to', 'to']],
  ['a name that is cut at a dash', `${'a'.repeat(239)}-${'b'.repeat(30)}`, ['a']],
  ['a name that is cut at a dot', `${'a'.repeat(239)}.${'b'.repeat(30)}`, ['a']],
])('ends in a hash and is valid: %s', (_what, text, parts) => {
  const name = policyName(text, parts);
  expect(name).toMatch(/-[0-9a-f]{12}$/);
  expect(name).toMatch(OBJECT_NAME);
  expect(name.length).toBeLessThanOrEqual(253);
});

it('is the same for the same, and different for what reads the same', () => {
  expect(policyName('a-to-b-to-c', ['a-to-b', 'c'])).toBe(policyName('a-to-b-to-c', ['a-to-b', 'c']));
  expect(policyName('a-to-b-to-c', ['a-to-b', 'c'])).not.toBe(policyName('a-to-b-to-c', ['a', 'b-to-c']));
});

it('is never that of another connection, whatever workloads are called', () => {
  const word = fc.constantFrom('a', 'to', 'from', 'in', 'tcp', '80', 'addresses', 'foreign');
  const label = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('-'));
  const peer = fc.record({ name: label, namespace: fc.constantFrom('a', 'in-a', 'to') });
  const outside = fc.record({ outside: fc.boolean(), id: label });
  const port = fc.constantFrom(
    Port.tcp(80),
    Port.named('tcp-a'),
    Port.named('80-tcp-a'),
    Port.tcpRange(80, 81),
  );
  const connection = fc.tuple(peer, fc.oneof(peer, outside), port);
  fc.assert(
    fc.property(fc.array(connection, { minLength: 2, maxLength: 6 }), (connections) => {
      const { app, chart } = appWithChart();
      const open = [Port.tcp(80, { name: 'tcp-a' }), Port.tcp(81, { name: '80-tcp-a' })];
      const ends = new Map<string, ConnectionEnd>();
      const seen = new Set<string>();
      const endOf = (said: { name: string; namespace: string } | { outside: boolean; id: string }) => {
        if ('name' in said) return { ...said, ports: open };
        const before = ends.get(said.id);
        const made =
          before ??
          (said.outside
            ? Addresses.of(chart, said.id, { ranges: ['203.0.113.0/24'] })
            : new ForeignPods(chart, said.id, { namespace: 'x', labels: { app: 'x' } }));
        ends.set(said.id, made);
        return made;
      };
      connections.forEach(([from, to, by], index) => {
        const other = endOf(to);
        // Addresses have no names for their ports.
        if (other instanceof Addresses && by instanceof NamedPort) return;
        const key = JSON.stringify([from, 'id' in to ? to.id : to, String(by)]);
        if (seen.has(key)) return;
        seen.add(key);
        const own: ConnectionPeer = { ...from, ports: open };
        new Connection(chart, `connection.${index}`, { from: own, to: other, port: by });
      });
      // It refuses two objects of one name.
      expect(() => renderApp(app)).not.toThrow();
    }),
    { numRuns: 150 },
  );
});

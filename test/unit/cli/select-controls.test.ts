import { selectControls } from '../../../cli/select-controls';
import { controlWith } from '../support/controls';

const validation = (message: string) => ({ expression: 'true', path: '', message });
const mappings = { recommendations: ['POD-1'], cis: [], attack: [] } as const;
const ALL = [
  controlWith({ id: 'ours', mappings, validations: [validation('now')] }),
  controlWith({
    id: 'base',
    mappings: { ...mappings, pss: { level: 'baseline', check: 'x' } },
    validations: [validation('now')],
    since: '1.25',
    earlier: [{ since: '1.19', validations: [validation('then')] }],
  }),
  controlWith({
    id: 'strict',
    mappings: { ...mappings, pss: { level: 'restricted', check: 'y' } },
    validations: [validation('now')],
    since: '1.22',
  }),
];
const choose = (
  profile: 'all' | 'pss-baseline' | 'pss-restricted',
  version: `1.${number}`,
  ...controls: string[]
) =>
  selectControls(ALL, { profile, version, controls }).map(
    ({ id, validations }) => `${id} ${validations[0]!.message}`,
  );

test.each([
  ['all', '1.37', ['ours now', 'base now', 'strict now']],
  ['pss-baseline', '1.37', ['base now']],
  ['pss-restricted', '1.37', ['base now', 'strict now']],
  ['pss-restricted', '1.24', ['base then', 'strict now']],
  ['pss-restricted', '1.20', ['base then']],
  ['pss-restricted', '1.0', []],
] as const)('%s in %s', (profile, version, expected) => {
  expect(choose(profile, version)).toEqual(expected);
});

test('only the controls that are named', () => {
  expect(choose('all', '1.37', 'base')).toEqual(['base now']);
});

/** What controls say about other catalogues: every name that they use is one of the catalogue. */
import { ATTACK_TECHNIQUES, CIS_POLICY_ITEMS, RECOMMENDATIONS } from '../../../../model';
import { CONTROLS } from '../../../../policies';

/** The checks of the Pod Security Standards, by the names that their test data has. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  baseline: [
    ...['apparmorprofile', 'capabilities_baseline', 'hostnamespaces', 'hostpathvolumes', 'hostports'],
    ...['hostprobesandhostlifecycle', 'privileged', 'procmount', 'seccompprofile_baseline'],
    ...['selinuxoptions', 'sysctls', 'windowshostprocess'],
  ],
  restricted: [
    ...['allowprivilegeescalation', 'capabilities_restricted', 'procmount_restricted', 'restrictedvolumes'],
    ...['runasnonroot', 'runasuser', 'seccompprofile_restricted'],
  ],
};

it('the catalogues are whole', () => {
  expect(CIS_POLICY_ITEMS).toHaveLength(34);
  expect(CIS_POLICY_ITEMS).toEqual(expect.arrayContaining(['5.1.13', '5.2.12', '5.6.4']));
  expect(CIS_POLICY_ITEMS).not.toContain('5.2.13');
});

it.each(CONTROLS.map((control) => [control.id, control.mappings] as const))(
  '%s names what is there',
  (_id, { recommendations, cis, attack, pss }) => {
    const known = RECOMMENDATIONS.map(({ id }) => id);
    expect(recommendations.filter((id) => !known.includes(id))).toEqual([]);
    expect(cis.filter((item) => !CIS_POLICY_ITEMS.includes(item))).toEqual([]);
    expect(attack.filter((technique) => ATTACK_TECHNIQUES[technique] === undefined)).toEqual([]);
    if (pss !== undefined) expect(CHECKS[pss.level]).toContain(pss.check);
  },
);

it.each(Object.entries(CHECKS))('each check of %s is one control', (level, checks) => {
  const named = CONTROLS.flatMap(({ mappings: { pss } }) => (pss?.level === level ? [pss.check] : []));
  expect(named.sort()).toEqual([...checks].sort());
});

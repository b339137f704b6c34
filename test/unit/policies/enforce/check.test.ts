import {
  CONTROLS,
  checkObjects,
  EXEMPT_NAMESPACES,
  findingProblem,
  POD_KINDS,
  wrapPod,
} from '../../../../policies';
import { controlWith } from '../../support/controls';

const BAD = { hostNetwork: true, containers: [] };
const pod = (namespace: string) => wrapPod(POD_KINDS[0]!, BAD, 'p', namespace);

describe('checkObjects', () => {
  it('tells what is broken, by whom, where, and what to do', () => {
    const control = controlWith({
      id: 'never',
      severity: 'critical',
      mappings: { recommendations: ['POD-5'], cis: [], attack: [] },
      validations: [{ expression: 'false', path: 'hostNetwork', message: 'It is not right.' }],
    });
    const [finding, ...others] = checkObjects([{ manifest: pod('a'), source: 'chart/pod' }], [control]);
    expect(others).toEqual([]);
    expect(finding).toEqual({
      control: 'never',
      recommendations: ['POD-5'],
      severity: 'critical',
      resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'p' },
      source: 'chart/pod',
      path: 'spec.hostNetwork',
      message: 'It is not right.',
      remediation: 'Put it right.',
    });
    expect(findingProblem(finding!)).toEqual({
      code: 'policy/violation',
      where: 'chart/pod',
      message: 'Pod a/p breaks never: It is not right.',
      fix: 'Put it right.',
    });
  });

  it('checks by every control where none is named', () => {
    const findings = checkObjects([{ manifest: wrapPod(POD_KINDS[0]!, { containers: [{}] }), source: 's' }]);
    const found = new Set(findings.map(({ control }) => control));
    expect([...found]).toEqual(
      expect.arrayContaining(['privilege-escalation', 'read-only-root', 'run-as-non-root']),
    );
    expect(CONTROLS.map(({ id }) => id)).toEqual(expect.arrayContaining([...found]));
  });

  it('does not judge an object by what it was told of another', () => {
    const good = wrapPod(POD_KINDS[0]!, { hostNetwork: false, containers: [] });
    const objects = [pod('a'), good, pod('b')].map((manifest, i) => ({ manifest, source: String(i) }));
    const only = CONTROLS.filter(({ id }) => id === 'host-namespaces');
    expect(checkObjects(objects, only).map(({ source }) => source)).toEqual(['0', '2']);
  });
});

describe('exempt namespaces', () => {
  it('are those of the cluster itself and no other', () => {
    expect(EXEMPT_NAMESPACES).toEqual(['kube-system', 'kube-public', 'kube-node-lease']);
  });

  it.each([...EXEMPT_NAMESPACES, 'default', 'kube-system-2', 'shop', ''])(
    '%j is judged at synth',
    (namespace) => {
      expect(checkObjects([{ manifest: pod(namespace), source: 's' }])).toContainEqual(
        expect.objectContaining({ control: 'host-namespaces' }),
      );
    },
  );
});

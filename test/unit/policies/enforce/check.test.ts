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

  it('keeps the order of the objects also where one is judged by what comes after it', () => {
    const object = (apiVersion: string, kind: string, name: string, rest: object) => ({
      manifest: { apiVersion, kind, metadata: { name, ...rest } },
      source: name,
    });
    const space = (name: string) => object('v1', 'Namespace', name, {});
    const policy = {
      ...object('networking.k8s.io/v1', 'NetworkPolicy', 'deny', { namespace: 'closed' }).manifest,
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    };
    const pods = ['x', 'y', 'z'].map((source) => ({ manifest: pod('open'), source }));
    const [x, y, z] = pods as [(typeof pods)[0], (typeof pods)[0], (typeof pods)[0]];
    const objects = [
      x,
      space('open'),
      space('closed'),
      y,
      { manifest: policy, source: 'deny' },
      z,
      space('late'),
    ];
    const only = CONTROLS.filter(({ id }) => ['default-deny', 'host-namespaces'].includes(id));
    const told = checkObjects(objects, only).map(({ source, control }) => `${source} ${control}`);
    const [here, there] = ['host-namespaces', 'default-deny'];
    expect([...new Set(told)]).toEqual([
      ...[`x ${here}`, `open ${there}`, `y ${here}`, `z ${here}`, `late ${there}`],
    ]);
  });

  it('judges each object when it comes, and keeps none that needs no other', () => {
    const seen: string[] = [];
    function* objects() {
      for (const source of ['a', 'b']) {
        yield { manifest: pod(source), source, lineOf: () => seen.push(`judged ${source}`) };
        seen.push(`asked after ${source}`);
      }
    }
    const only = CONTROLS.filter(({ id }) => id === 'host-namespaces');
    checkObjects(objects(), only);
    expect(seen).toEqual(['judged a', 'asked after a', 'judged b', 'asked after b']);
  });
});

describe('exempt namespaces', () => {
  it('are those of the cluster itself and no other', () => {
    expect(EXEMPT_NAMESPACES).toEqual(['kube-system']);
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

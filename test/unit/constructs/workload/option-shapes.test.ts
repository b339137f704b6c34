import { Size } from 'cdk8s';
import { HardenedDeployment, Port } from '../../../../constructs';
import { appWithNamespace, IMAGE } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

/** As JavaScript can say it. */
function made(props: object) {
  const { chart, namespace } = appWithNamespace();
  return new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, ...props } as never);
}

it.each<[string, unknown]>([
  ['namespace', 'shop'],
  ['image', 7],
  ['command', 'sh -c'],
  ['args', ['-c', 5]],
  ['env', { A: 1 }],
  ['env', ['A=1']],
  ['secretFiles', { '/x': 'name' }],
  ['writable', { '/tmp': '64Mi' }],
  ['writable', ['/tmp']],
  ['port', 8080],
  ['port', Port.tcpRange(1, 2)],
  ['port', Port.named('http')],
  ['otherPorts', Port.tcp(1)],
  ['otherPorts', [Port.tcpRange(1, 2)]],
  ['portRanges', [Port.tcp(1)]],
  ['portRanges', Port.tcpRange(1, 2)],
  ['readiness', { httpGet: {} }],
  ['liveness', { httpGet: {} }],
  ['startup', { httpGet: {} }],
  ['memory', '128MB'],
  ['waivers', { control: 'x' }],
])('%s: %j is told by name', (option, value) => {
  expect(places(problemsOf(() => made({ [option]: value })))).toEqual([
    `chart/api.${option} [construct/invalid]`,
  ]);
});

it('what is missing is told, all at once', () => {
  const wanted = ['chart/api.namespace [construct/invalid]', 'chart/api.image [construct/invalid]'];
  expect(places(problemsOf(() => made({ namespace: undefined, image: undefined })))).toEqual(wanted);
});

it('what is right passes', () => {
  expect(() => made({ memory: Size.mebibytes(1), port: Port.tcp(1), command: ['a'], env: {} })).not.toThrow();
});

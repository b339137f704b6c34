import { UNKNOWN } from '../../../../policies/engine/cel/fault';
import { decodeObject } from '../../../../policies/engine/decode';

const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });

const container = (fields: object) => pod({ containers: [{ name: 'a', image: 'i:1', ...fields }] });

type Decoded = Record<string, Record<string, unknown>> & { spec: { containers: Record<string, unknown>[] } };

const decode = (manifest: object): Decoded => decodeObject(manifest as never).value as never;

describe('an object as admission sees it', () => {
  it('has no unknown field, no null and no empty optional field', () => {
    const { spec } = decode(
      pod({ nope: 1, nodeName: null, hostNetwork: false, nodeSelector: {}, tolerations: [], containers: [] }),
    );
    for (const field of ['nope', 'nodeName', 'hostNetwork', 'nodeSelector', 'tolerations']) {
      expect(spec).not.toHaveProperty(field);
    }
    expect(spec.containers).toEqual([]);
  });

  it('keeps what is optional and was set, even where it is empty', () => {
    const { spec } = decode(container({ securityContext: { privileged: false }, stdin: false }));
    expect(spec.containers[0]).toMatchObject({ securityContext: { privileged: false } });
    expect(spec.containers[0]).not.toHaveProperty('stdin');
  });

  it.each([
    ['1000m', '1'],
    [0.5, '500m'],
    [1, '1'],
    ['1024Mi', '1Gi'],
    ['0.1', '100m'],
    ['1e3', '1e3'],
    [1000, '1k'],
    ['1.5Gi', '1536Mi'],
  ])('writes the quantity %p as %p', (written, canonical) => {
    const { spec } = decode(container({ resources: { limits: { cpu: written } } }));
    expect(spec.containers[0]!.resources).toMatchObject({ limits: { cpu: canonical } });
  });

  it('has ints, and keeps an int or string as it is', () => {
    const probe = (port: unknown) =>
      decode(container({ livenessProbe: { httpGet: { port } } })).spec.containers[0];
    expect(probe(80)).toMatchObject({ livenessProbe: { httpGet: { port: 80n } } });
    expect(probe('http')).toMatchObject({ livenessProbe: { httpGet: { port: 'http' } } });
  });

  it('has the defaults that matter', () => {
    const { spec } = decode({
      ...pod({ hostNetwork: true, containers: [{ name: 'a', image: 'i', ports: [{ containerPort: 80 }] }] }),
    });
    expect(spec).toMatchObject({ dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', securityContext: {} });
    expect(spec.containers[0]).toMatchObject({
      imagePullPolicy: 'Always',
      ports: [{ containerPort: 80n, hostPort: 80n, protocol: 'TCP' }],
    });
  });

  it('keeps what is not known yet', () => {
    const { spec } = decode(container({ image: UNKNOWN, resources: UNKNOWN }));
    expect(spec.containers[0]).toMatchObject({ image: UNKNOWN, resources: UNKNOWN });
    expect(decodeObject(container({ ports: [UNKNOWN] }) as never).problems).toEqual([]);
  });
});

describe('an object that the API server refuses', () => {
  it('is reported with every field of a wrong type, and without what stands there', () => {
    const spec = {
      hostNetwork: 'hunter2',
      terminationGracePeriodSeconds: 1.5,
      containers: [{ name: 7, image: ['i'], resources: { limits: { cpu: 'much' } } }],
      volumes: {},
    };
    const { problems } = decodeObject(pod(spec) as never);
    expect(problems).toEqual([
      { path: 'spec.hostNetwork', message: 'It is a string; it must be true or false.' },
      {
        path: 'spec.terminationGracePeriodSeconds',
        message: 'It is a number; it must be a whole number of at most 64 bits.',
      },
      { path: 'spec.containers[0].name', message: 'It is a whole number; it must be a string.' },
      { path: 'spec.containers[0].image', message: 'It is a list; it must be a string.' },
      {
        path: 'spec.containers[0].resources.limits.cpu',
        message: 'It is a string; it must be a quantity such as 500m or 1Gi.',
      },
      { path: 'spec.volumes', message: 'It is an object; it must be a list.' },
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('is one nested without end', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i += 1) deep = { deep };
    const { problems } = decodeObject({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: {},
      deep,
    } as never);
    expect(problems).toEqual([{ path: '', message: 'It is nested deeper than 200 levels.' }]);
  });
});

import * as fc from 'fast-check';
import { parseVersion, skewProblem, VERSION_SKEW, type SkewedComponent } from '../../../model';

test.each<[SkewedComponent, string, string, boolean]>([
  ['kubelet', '1.37.2', '1.37.0', true],
  ['kubelet', '1.34.0', '1.37.2', true],
  ['kubelet', '1.33.9', '1.37.2', false],
  ['kubelet', '1.37.0', '1.36.9', false],
  ['kube-proxy', '1.34.0', '1.37.2', true],
  ['kube-proxy', '1.33.0', '1.37.2', false],
  ['kube-controller-manager', '1.36.3', '1.37.2', true],
  ['kube-controller-manager', '1.35.0', '1.37.2', false],
  ['kube-scheduler', '1.37.0', '1.36.0', false],
  ['cloud-controller-manager', '1.35.0', '1.37.2', false],
  ['kubectl', '1.38.0', '1.37.2', true],
  ['kubectl', '1.39.0', '1.37.2', false],
])('%s %s with an API server %s: %s', (component, version, apiServer, fits) => {
  expect(skewProblem(component, version, apiServer) === undefined).toBe(fits);
});

test('only the minor version counts', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(99), fc.nat(99), (minor, one, other) => {
      const versions = [`1.${minor}.${one}`, `1.${minor}.${other}`] as const;
      return Object.keys(VERSION_SKEW).every(
        (component) => skewProblem(component as SkewedComponent, ...versions) === undefined,
      );
    }),
  );
});

test.each(['1.37', 'v1.37.2', '2.0.0', '1.037.2', '1.37.2-rc.1', '', '1.37.2\n'])(
  '%j is no version',
  (text) => {
    expect(parseVersion(text)).toBeUndefined();
  },
);

/** What cdk8s-plus-27 gets wrong, and that it does not get through. */
import { Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { HardenedDeployment, KeelsonApp, Port, renderApp } from '../../../constructs';
import { enforceAtSynth } from '../../../policies';
import { appWithNamespace, IMAGE, podOf } from '../support/charts';
import { problemsOf } from '../support/problems';

const NOW = new Date('2026-11-25T12:00:00Z');

function connected(...ports: kplus.NetworkPolicyPort[]) {
  const { app, chart, namespace } = appWithNamespace();
  const [web, api] = ['web', 'api'].map(
    (name) => new HardenedDeployment(chart, name, { namespace, image: IMAGE, port: Port.tcp(8080) }),
  ) as [HardenedDeployment, HardenedDeployment];
  web.deployment.connections.allowTo(api.deployment, { ports });
  return problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW })).map(({ message }) => message);
}

describe('port 0', () => {
  it('is what its ports for all of TCP write: refused', () => {
    expect(kplus.NetworkPolicyPort.allTcp()._toKube()).toMatchObject({ port: { value: 0 } });
    expect(connected(kplus.NetworkPolicyPort.allTcp()).join()).toContain('breaks network-policy-ports');
  });

  it('is what its port 0 leaves out, which opens all ports: refused', () => {
    const port = kplus.NetworkPolicyPort.of({ port: 0, protocol: kplus.NetworkProtocol.TCP });
    expect(port._toKube().port).toBeUndefined();
    expect(connected(port).join()).toContain('breaks network-policy-ports');
  });

  it('cannot be said here', () => {
    for (const make of [Port.tcp, Port.udp, Port.sctp])
      expect(problemsOf(() => make(0)).map(({ message }) => message)).toEqual(['0 is not a port.']);
  });
});

describe('pods without seccomp and with all capabilities', () => {
  const container = { name: 'late', image: IMAGE };

  it('are what it makes: refused where nothing hardened them', () => {
    const app = new KeelsonApp();
    new kplus.Deployment(new Chart(app, 'chart'), 'bare', { containers: [container] });
    const messages = problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW })).map(
      ({ message }) => message,
    );
    expect(messages.join()).toContain('breaks seccomp-profile');
    expect(messages.join()).toContain('breaks drop-capabilities');
  });

  it('are not what it adds to a hardened workload', () => {
    const { app, chart, namespace } = appWithNamespace();
    const api = new HardenedDeployment(chart, 'api', { namespace, image: IMAGE });
    api.deployment.addContainer(container);
    const pod = podOf(app, 'api');
    expect(pod.securityContext!.seccompProfile).toEqual({ type: 'RuntimeDefault' });
    expect(pod.containers[1]!.securityContext!.capabilities).toEqual({ drop: ['ALL'] });
  });
});

it('a patch with amounts that are texts, which its classes drop without a word, arrives', () => {
  const { app, chart, namespace } = appWithNamespace();
  const api = new HardenedDeployment(chart, 'api', { namespace, image: IMAGE });
  const object = api.deployment.node.defaultChild as kplus.k8s.KubeDeployment;
  object.addJsonPatch(JsonPatch.replace('/spec/template/spec/containers/0/resources/limits/memory', '1Gi'));
  expect(podOf(app, 'api').containers[0]!.resources!.limits).toHaveProperty('memory', '1Gi');
});

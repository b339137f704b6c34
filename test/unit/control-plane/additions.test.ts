import {
  fillSecrets,
  SecretReference,
  STANDARD_PORTS,
  type ControlPlaneProps,
} from '../../../constructs/control-plane';
import type { KeelsonError } from '../../../model';
import { LAYOUT, sample } from './sample';

const key = (name: string) => ({ name, secret: new SecretReference(name) });

function problems(props: Partial<ControlPlaneProps>): readonly string[] {
  try {
    sample(props);
    return [];
  } catch (error) {
    return (error as KeelsonError).problems.map(({ code, message }) => `${code}: ${message}`);
  }
}

function flag(props: Partial<ControlPlaneProps>, name: string): string | undefined {
  return sample(props).apiServer.settings.find((setting) => setting.name === name)?.value;
}

describe('what may be added', () => {
  test('admission plugins come after the ones that are always on', () => {
    expect(flag({ admission: { plugins: ['AlwaysPullImages'] } }, 'enable-admission-plugins')).toBe(
      'NodeRestriction,EventRateLimit,DenyServiceExternalIPs,AlwaysPullImages',
    );
  });

  test('encrypted resources come after Secrets and ConfigMaps', () => {
    const { files } = sample({
      encryption: { keys: [key('key-1')], resources: ['widgets.example.com', 'secrets'] },
    }).apiServer;
    const text = JSON.stringify(files);
    expect(text).toContain('"resources":["secrets","configmaps","widgets.example.com"]');
  });

  test('names of the server are added to its own', () => {
    const leaf = sample({ serverNames: ['api.example.com', '192.0.2.1'] }).pki.leaves[0];
    expect(leaf?.dnsNames).toEqual(expect.arrayContaining(['localhost', 'api.example.com']));
    expect(leaf?.ipAddresses).toEqual(['127.0.0.1', '10.96.0.1', '192.0.2.1']);
  });
});

describe('what is refused', () => {
  test('no key, a key name that cannot be stored, a name used twice', () => {
    expect(problems({ encryption: { keys: [] } })).toEqual([
      'construct/invalid: There is no key to encrypt with.',
    ]);
    expect(problems({ encryption: { keys: [key('Key:1'), key('a'), key('a')] } })).toEqual([
      "construct/invalid: 'Key:1' is not a key name.",
      "construct/invalid: Two keys are named 'a'.",
    ]);
  });

  test('a layout: all that is wrong at once', () => {
    const ports = { ...STANDARD_PORTS, scheduler: 6443, etcdPeer: 0 };
    expect(problems({ layout: { ...LAYOUT, logs: 'log', ports } })).toEqual([
      "construct/invalid: 'log' is not an absolute path.",
      'construct/invalid: 0 is not a port.',
      'construct/invalid: Port 6443 is also that of apiServer.',
    ]);
  });

  test('a range of Services whose first address is not known', () => {
    expect(problems({ serviceRange: '10.96.0.0' })).toHaveLength(1);
    expect(problems({ serviceRange: '10.96.0.7/16' })).toHaveLength(1);
    expect(problems({ serviceRange: '10.43.0.0/16' })).toEqual([]);
    expect(problems({ serviceRange: '10.43.0.0/16,fd00:43::/108' })).toEqual([]);
  });

  test('the API server is named by its Service of each family', () => {
    const [apiServer] = sample({ serviceRange: '10.43.0.0/16,fd00:43::/108' }).pki.leaves;
    expect(apiServer?.ipAddresses).toEqual(['127.0.0.1', '10.43.0.1', 'fd00:43::1']);
  });
});

describe('rendering', () => {
  test('is the same every time', () => {
    expect(JSON.stringify(sample())).toBe(JSON.stringify(sample()));
  });

  test('holds no key, only its reference, until somebody fills it in', () => {
    const { files } = sample().apiServer;
    expect(JSON.stringify(files)).toContain('{"name":"key-1","secret":"<secret encryption/key-1>"}');
    const filled = JSON.stringify(fillSecrets(files, (id) => `value of ${id}`));
    expect(filled).toContain('{"name":"key-1","secret":"value of encryption/key-1"}');
    expect(filled).not.toContain('<secret');
  });
});

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  breakGlassIdentity,
  certificateFile,
  controlPlanePki,
  STANDARD_PORTS,
} from '../../../constructs/control-plane';
import { breakGlass } from '../../../local';
import { localLayout } from '../../../local/layout';
import { writeState } from '../../../local/state';
import { ensurePki, identityOf, readIfThere } from '../../../pki';
import { problemsOf } from '../support/problems';

const folder = mkdtempSync(join(tmpdir(), 'keelson-glass-'));
const layout = localLayout(folder, STANDARD_PORTS);

beforeAll(async () => {
  await writeState(folder, { ports: STANDARD_PORTS, processes: [] });
  await ensurePki(layout, controlPlanePki({ layout }), new Date());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a certificate for one person, for hours, that is a client alone', async () => {
  const before = Date.now();
  const { kubeconfig, expires } = await breakGlass(folder, { person: 'Jane.Doe@example.com', hours: 2 });
  expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
  const pair = identityOf((await readIfThere(kubeconfig)) ?? '');
  const certificate = new X509Certificate(pair?.certificate ?? '');
  expect(certificate.subject.split('\n')).toEqual([
    'CN=keelson:break-glass:Jane.Doe@example.com',
    'O=keelson:break-glass',
  ]);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(Math.abs(Date.parse(certificate.validTo) - expires.getTime())).toBeLessThan(2_000);
  expect(expires.getTime()).toBeGreaterThanOrEqual(before + 2 * 3_600_000);
  const authority = new X509Certificate((await readIfThere(certificateFile(layout, 'ca'))) ?? '');
  expect(certificate.verify(authority.publicKey)).toBe(true);
});

test('two certificates for one person are two: each has a serial number of its own', async () => {
  const serial = async () => {
    const { kubeconfig } = await breakGlass(folder, { person: 'jane' });
    return new X509Certificate(identityOf((await readIfThere(kubeconfig)) ?? '')?.certificate ?? '')
      .serialNumber;
  };
  expect(await serial()).not.toBe(await serial());
});

test.each([
  [{ person: '' }, 'person'],
  [{ person: 'jane,O=system:masters' }, 'person'],
  [{ person: '../jane' }, 'person'],
  [{ person: 'jane', hours: 25 }, 'hours'],
  [{ person: 'jane', hours: 0 }, 'hours'],
  [{ person: 'jane', group: 'system:masters' }, 'There is no setting group'],
])('%j is refused', (props, place) => {
  const [problem] = problemsOf(() => breakGlassIdentity(props as never));
  expect(`${problem?.where} ${problem?.message}`).toContain(place);
});

test('a folder without a control plane', async () => {
  await expect(breakGlass(join(folder, 'none'), { person: 'jane' })).rejects.toThrow('[cli/state]');
});

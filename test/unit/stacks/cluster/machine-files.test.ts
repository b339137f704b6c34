import * as pulumi from '@pulumi/pulumi';
import { DISCOVERY_FILE } from '../../../../constructs/cluster/kubeadm-documents';
import { KUBEADM_FILE } from '../../../../constructs/cluster/node-layout';
import { SecretReference, type NodeEntry } from '../../../../constructs/node';
import { TOKEN_PLACEHOLDER } from '../../../../provider';
import { entrySchema } from '../../../../provider/machine/file-list';
import {
  entriesOf,
  joinDocument,
  kubeadmDocument,
  resourceFiles,
  secretsIn,
} from '../../../../stacks/cluster/machine-files';
import { cluster } from '../../cluster/sample';

const CLUSTER = cluster();
const VALUE = 'canary-of-a-value';

/** A value for every secret. */
const filled = (entries: readonly NodeEntry[]) =>
  pulumi.output(Object.fromEntries(secretsIn(entries).map((name) => [name, VALUE])));

/** What an output holds, and whether Pulumi keeps it encrypted. */
async function known(content: unknown) {
  const output = pulumi.output(content as string);
  return {
    text: await new Promise<string>((resolve) => output.apply(resolve)),
    isSecret: await pulumi.isSecret(output),
  };
}

test('every secret is found once, and the first key of encryption is one on control planes alone', () => {
  for (const machine of CLUSTER.machines) {
    const names = secretsIn(entriesOf(CLUSTER, machine));
    expect(new Set(names).size).toBe(names.length);
    expect(names.includes('encryption/key-1')).toBe(machine.role === 'control-plane');
  }
});

test('the files that kubeadm writes for are left to its own resource', () => {
  for (const machine of CLUSTER.machines) {
    const paths = entriesOf(CLUSTER, machine).map(({ path }) => path);
    expect(paths).not.toContain(KUBEADM_FILE);
    expect(paths).not.toContain(DISCOVERY_FILE);
    expect(paths.length).toBeGreaterThan(20);
  }
});

test('kubeadm’s documents have the placeholder of the token, and no other secret', () => {
  for (const machine of CLUSTER.machines)
    for (const document of [kubeadmDocument, joinDocument]) {
      const text = document(CLUSTER, machine, TOKEN_PLACEHOLDER);
      expect(text).toContain(TOKEN_PLACEHOLDER);
      expect(text).not.toContain('<secret');
      expect(document(CLUSTER, machine, 'other')).not.toContain(TOKEN_PLACEHOLDER);
    }
});

test('a file is secret where it holds one, and only there; no reference is left in it', async () => {
  for (const machine of CLUSTER.machines) {
    const entries = entriesOf(CLUSTER, machine);
    const files = resourceFiles(entries, filled(entries));
    expect(Object.keys(files)).toEqual(entries.map(({ path }) => path));
    for (const entry of entries.filter(({ kind }) => kind === 'file')) {
      const { content } = files[entry.path] as { content: unknown };
      const { text, isSecret } = await known(content);
      const holds = secretsIn([entry]).length > 0;
      expect([entry.path, isSecret, text.includes(VALUE)]).toEqual([entry.path, holds, holds]);
      expect(text).not.toContain('<secret');
    }
  }
});

test('nobody but its owner and group reads a file that holds a secret, and no key is for a group', () => {
  for (const machine of CLUSTER.machines)
    for (const entry of entriesOf(CLUSTER, machine)) {
      const names = secretsIn([entry]);
      if (names.length > 0 && !names.every((name) => /\.(crt|pub)$/.test(name)))
        expect([entry.path, entry.mode & 0o077]).toEqual([entry.path, 0]);
    }
});

test('what is given has the form that the provider takes, whatever the mode', () => {
  const all = [0, 0o40, 0o600, 0o755, 0o1777].map(
    (mode, at): NodeEntry =>
      ({ kind: 'folder', path: `/srv/${at}`, owner: 'root', group: 'root', mode }) as NodeEntry,
  );
  const files = resourceFiles(all, pulumi.output<Record<string, string>>({}));
  for (const entry of Object.values(files)) expect(entrySchema.safeParse(entry).error).toBeUndefined();
  expect(Object.values(files).map((entry) => (entry as { mode: string }).mode)).toEqual([
    ...['0000', '0040', '0600', '0755', '01777'],
  ]);
});

test('a secret is found inside of a document', () => {
  const file = {
    ...{ kind: 'file', path: '/etc/a', owner: 'root', group: 'root', mode: 0o600 },
    content: {
      format: 'yaml',
      value: { list: [{ key: new SecretReference('a') }, new SecretReference('a')] },
    },
  } as unknown as NodeEntry;
  expect(secretsIn([file])).toEqual(['a']);
});

/**
 * The provider for nodes on one machine, with the real Pulumi engine: what drifts is found and repaired, what goes wrong is one clear
 * error and the next update converges, secrets are nowhere, and nothing is left.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type { Stack } from '@pulumi/pulumi/automation';
import {
  KernelSettings,
  NodeBinaries,
  NodeFiles,
  NodeFirewall,
  NodeUnit,
  type Connection,
} from '../../provider';
import type { TestMachine } from '../machines/machine';
import { bootMachines, cannotBoot, type TestMachines } from '../machines/machines';
import { testStack } from './support/stack';

const reason = cannotBoot();
if (reason !== undefined) console.warn(`The provider is not tested on a machine here: ${reason}.`);

jest.setTimeout(600_000);

const SECRET_MARK = '4dabf18193072939515e22adb298388d';
const UNITS = ['disabled', 'stopped', 'drop-in', 'changed'] as const;
const TABLES = ['added', 'flushed', 'gone'] as const;
const TOOL = '/usr/local/bin/prov-tool';

const unitPath = (name: string): string => `/etc/systemd/system/prov-${name}.service`;
const unitText = (start: string): string =>
  `[Service]\n${start}ExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n`;
const entry = (kind: 'file' | 'folder', mode: string, content?: pulumi.Input<string>) => ({
  ...{ kind, owner: 'root', group: 'root', mode },
  ...(content === undefined ? {} : { content }),
});
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const ruleset = (table: string, rule: string): string =>
  `table inet ${table}\ndelete table inet ${table}\ntable inet ${table} {\n  chain input {\n    type filter hook input priority 0; policy accept;\n    ${rule}\n  }\n}\n`;

interface Run {
  /** Messages of errors, as Pulumi shows them. */
  readonly errors: readonly string[];
  /** Number of resources by what was done to them. */
  readonly done: Readonly<Record<string, number>>;
}

(reason === undefined ? describe : describe.skip)('the provider for nodes', () => {
  const canary = `canary-${randomBytes(12).toString('hex')}`;
  const output: string[] = [];
  let booted: TestMachines;
  let machine: TestMachine;
  let connection: Connection;

  beforeAll(async () => {
    booted = await bootMachines(['node-1']);
    machine = booted.machines[0]!;
    connection = {
      ...{ host: machine.address, hostKey: machine.hostKey },
      ...{ user: 'admin', identityFile: booted.privateKeyFile },
    };
  });
  afterAll(() => booted?.stop());

  const up = async (stack: Stack, operation: 'up' | 'refresh' | 'destroy' = 'up'): Promise<Run> => {
    const errors: string[] = [];
    let done: Record<string, number> = {};
    let failure: unknown;
    try {
      await stack[operation]({
        onOutput: (text) => output.push(text),
        onEvent: ({ diagnosticEvent, summaryEvent }) => {
          if (diagnosticEvent?.severity === 'error') errors.push(diagnosticEvent.message);
          if (summaryEvent !== undefined) done = summaryEvent.resourceChanges as Record<string, number>;
        },
      });
    } catch (error) {
      failure = error;
    }
    if (failure !== undefined && errors.length === 0) throw failure;
    return { errors, done };
  };

  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    const end = Date.now() + 120_000;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error('not so after 120 s');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  describe('keeps a machine as it is declared', () => {
    let stack: Stack;
    const tool = '#!/bin/sh\necho tool\n';

    const program = async (): Promise<void> => {
      const files = new NodeFiles('files', {
        connection,
        files: {
          '/etc/prov': entry('folder', '0750'),
          '/etc/prov/sticky': entry('folder', '01777'),
          '/etc/prov/content.conf': entry('file', '0644', 'a = 1\n'),
          '/etc/prov/mode.conf': entry('file', '0640', ''),
          '/etc/prov/owner.conf': entry('file', '0644', 'c'),
          '/etc/prov/gone.conf': entry('file', '0644', 'd'),
          '/etc/prov/link.conf': entry('file', '0644', 'e'),
          '/etc/prov/key': entry('file', '0600', pulumi.secret(canary)),
          ...Object.fromEntries(UNITS.map((name) => [unitPath(name), entry('file', '0644', unitText(''))])),
        },
      });
      const file = join(booted.folder, 'prov-tool');
      const other = join(booted.folder, 'prov-other');
      for (const path of [file, other]) writeFileSync(path, tool);
      new NodeBinaries('tools', {
        connection,
        binaries: {
          [TOOL]: { sha256: digest(tool), file },
          [`${TOOL}-2`]: { sha256: digest(tool), file: other },
        },
      });
      new KernelSettings('kernel', {
        connection,
        settings: { 'net.ipv4.ip_forward': '1', 'net.ipv4.conf.all.send_redirects': '0' },
        ...{ optional: [], modules: [] },
      });
      // One after the other: a machine has one rollback.
      let before: pulumi.Resource[] = [];
      for (const name of TABLES) {
        const table = `prov_${name}`;
        const args = { connection, table: `inet ${table}`, ruleset: ruleset(table, 'tcp dport 9999 drop') };
        before = [new NodeFirewall(`firewall-${name}`, args, { dependsOn: before })];
      }
      for (const name of UNITS)
        new NodeUnit(
          `unit-${name}`,
          {
            ...{ connection, unit: `prov-${name}.service`, state: 'running' as const },
            restartedBy: { [unitPath(name)]: digest(unitText('')) },
          },
          { dependsOn: files },
        );
    };

    /** What the state keeps of each resource, by the name of the resource and of the property. */
    const kept = async (): Promise<Readonly<Record<string, string>>> => {
      const { deployment } = await stack.exportStack();
      const { resources } = deployment as { resources: { urn: string; type: string; outputs?: object }[] };
      return Object.fromEntries(
        resources
          .filter(({ type }) => type.startsWith('keelson:node:'))
          .flatMap(({ urn, outputs = {} }) =>
            Object.entries(outputs).map(([name, value]) => [
              `${urn.split('::').pop()} ${name}`,
              canonical(value),
            ]),
          ),
      );
    };

    beforeAll(async () => {
      stack = await testStack(join(booted.folder, 'kept'), program);
    });

    test('one up makes it so, and no process is shown the secret', async () => {
      const seen = watchProcesses(canary);
      const { errors, done } = await up(stack);
      const { scripts, leaks } = seen.stop();
      expect(errors).toEqual([]);
      expect(done).toMatchObject({ create: 10 + 1 });
      // The scripts on the machine were looked at while they ran.
      expect(scripts).toBeGreaterThan(0);
      expect(leaks).toEqual([]);
      expect(await machine.sh('stat -c "%a %U %G" /etc/prov/key; cat /etc/prov/key')).toBe(
        `600 root root\n${canary}`,
      );
      for (const name of UNITS)
        expect(await machine.sh(`systemctl is-active prov-${name}; systemctl is-enabled prov-${name}`)).toBe(
          'active\nenabled\n',
        );
    });

    test('a second up is empty, after a refresh too', async () => {
      expect((await up(stack)).done).toEqual({ same: 11 });
      const before = await kept();
      expect((await up(stack, 'refresh')).errors).toEqual([]);
      expect(changed(before, await kept())).toEqual([]);
      expect((await up(stack)).done).toEqual({ same: 11 });
    });

    const PLANTED: readonly (readonly [string, string, string])[] = [
      ['content', 'echo b >> /etc/prov/content.conf', 'files /etc/prov/content.conf'],
      ['mode', 'chmod 0666 /etc/prov/mode.conf', 'files /etc/prov/mode.conf'],
      ['owner', 'chown admin /etc/prov/owner.conf', 'files /etc/prov/owner.conf'],
      ['file gone', 'rm /etc/prov/gone.conf', 'files /etc/prov/gone.conf'],
      ['file a link', 'ln -sf /etc/passwd /etc/prov/link.conf', 'files /etc/prov/link.conf'],
      ['secret', 'echo x > /etc/prov/key', 'files /etc/prov/key'],
      ['folder', 'chmod 0777 /etc/prov', 'files /etc/prov'],
      ['special bit', 'chmod 0777 /etc/prov/sticky', 'files /etc/prov/sticky'],
      ['program', `echo x >> ${TOOL}`, `tools ${TOOL}`],
      ['program of another mode', `chmod 4755 ${TOOL}-2`, `tools ${TOOL}-2`],
      ['unit disabled', 'systemctl disable -q prov-disabled', 'unit-disabled state'],
      ['unit stopped', 'systemctl stop prov-stopped', 'unit-stopped state'],
      [
        'drop-in',
        'd=/etc/systemd/system/prov-drop-in.service.d; mkdir $d && printf "[Service]\\nNice=5\\n" > $d/x.conf && systemctl daemon-reload',
        'unit-drop-in dropIns',
      ],
      ['unit file', `sleep 1; echo "# x" >> ${unitPath('changed')}`, `files ${unitPath('changed')}`],
      ['kernel setting', 'sysctl -qw net.ipv4.ip_forward=0', 'kernel net.ipv4.ip_forward'],
      ['rule added', 'nft add rule inet prov_added input tcp dport 9998 accept', 'firewall-added rules'],
      ['rules flushed', 'nft flush table inet prov_flushed', 'firewall-flushed rules'],
      ['table gone', 'nft delete table inet prov_gone', 'firewall-gone rules'],
    ];

    test('every planted change is found by refresh, by its name, and repaired by up', async () => {
      const before = await kept();
      for (const [, script] of PLANTED) await machine.sh(script);
      expect((await up(stack, 'refresh')).errors).toEqual([]);
      const found = changed(before, await kept());
      // A table that is gone is a resource that is gone, and a unit whose file changed says so itself.
      const ofUnit = ['unit-changed state', 'unit-changed /etc/systemd/system/prov-changed.service'];
      const besides = ['connection', 'loaded', 'ruleset', 'table'].map((name) => `firewall-gone ${name}`);
      expect([...found].sort()).toEqual([...PLANTED.map(([, , name]) => name), ...besides, ...ofUnit].sort());
      expect((await up(stack)).errors).toEqual([]);
      expect(changed(before, await kept())).toEqual([]);
      expect((await up(stack, 'refresh')).errors).toEqual([]);
      expect(changed(before, await kept())).toEqual([]);
      expect((await up(stack)).done).toEqual({ same: 11 });
    });

    test('the machine itself is as it was', async () => {
      expect(await machine.sh(`cat /etc/prov/content.conf; ${TOOL}; ${TOOL}-2; cat /etc/prov/key`)).toBe(
        `a = 1\ntool\ntool\n${canary}`,
      );
      expect(await machine.sh(`stat -c %a:%U:%F /etc/prov /etc/prov/sticky /etc/prov/*.conf ${TOOL}-2`)).toBe(
        [
          ...['750:root:directory', '1777:root:directory', '644:root:regular file'],
          ...['644:root:regular file', '644:root:regular file', '640:root:regular empty file'],
          ...['644:root:regular file', '755:root:regular file', ''],
        ].join('\n'),
      );
      expect(await machine.sh('cat /proc/sys/net/ipv4/ip_forward')).toBe('1\n');
      for (const name of TABLES) {
        const rules = await machine.sh(`nft list table inet prov_${name}`);
        expect(rules).toContain('dport 9999 drop');
        expect(rules).not.toContain('9998');
      }
      for (const name of UNITS)
        expect(await machine.sh(`systemctl is-active prov-${name}; systemctl is-enabled prov-${name}`)).toBe(
          'active\nenabled\n',
        );
      expect(await machine.sh('systemctl show -p Nice --value prov-drop-in')).toBe('0\n');
    });

    test('the secret is in no state, no output, and in one file of the machine', async () => {
      const forms = [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')];
      const texts = [...filesBelow(join(booted.folder, 'kept')), ['output', output.join('')] as const];
      // The state is among them.
      expect(texts.some(([, text]) => text.includes('/etc/prov/key'))).toBe(true);
      for (const form of forms)
        expect(texts.filter(([, text]) => text.includes(form)).map(([name]) => name)).toEqual([]);
      expect(
        (await machine.sh(`grep -rlI ${canary} /etc /run /tmp /var /root /home /usr/local || :`)).trim(),
      ).toBe('/etc/prov/key');
      expect(await machine.sh('find / -xdev -name ".keelson-*"')).toBe('');
    });

    test('destroy leaves nothing', async () => {
      expect((await up(stack, 'destroy')).errors).toEqual([]);
      const left = await machine.sh(
        'find /etc /usr/local /var /run /srv /root /home -name prov -o -name "prov[-_]*"; nft list tables; systemctl list-units --plain --no-legend "prov-*"',
      );
      expect(left).toBe('');
    });
  });

  describe('says what went wrong once, and the next up converges', () => {
    let stack: Stack;
    let declared: () => void = () => undefined;

    beforeAll(async () => {
      stack = await testStack(join(booted.folder, 'faults'), async () => declared());
    });
    afterEach(async () => {
      expect((await up(stack, 'destroy')).errors).toEqual([]);
    });

    /** Fails as it is told, and then succeeds with what is right. */
    const fails = async (code: string, words: RegExp, wrong: () => void): Promise<void> => {
      declared = wrong;
      const { errors } = await up(stack);
      const own = errors.filter((text) => text.includes('node/'));
      expect(own).toHaveLength(1);
      expect(own[0]).toContain(code);
      expect(own[0]).toMatch(words);
      expect(own[0]).not.toMatch(/\bat .*\.[jt]s:\d+/);
    };
    const succeeds = async (right: () => void): Promise<void> => {
      declared = right;
      expect((await up(stack)).errors).toEqual([]);
      await until(async () => {
        const { errors, done } = await up(stack);
        expect(errors).toEqual([]);
        return done.same === 2 && Object.keys(done).length === 1;
      });
    };
    const oneFile = (change: Partial<Connection> = {}, path = '/etc/prov-one', content = 'a') => {
      const files = { [path]: entry('file', '0600', content) };
      return () => void new NodeFiles('one', { connection: { ...connection, ...change }, files });
    };

    test('how it is reached: another key, a port that is shut, a user without sudo', async () => {
      await machine.sh(
        'useradd --create-home --shell /bin/sh plain && cp -r /home/admin/.ssh /home/plain/ && chown -R plain:plain /home/plain/.ssh',
      );
      const hostKey = `ssh-ed25519 ${Buffer.from(randomBytes(51)).toString('base64')}`;
      await fails('node/host-key', /Ask who runs the machine/, oneFile({ hostKey }));
      await fails('node/unreachable', /See that the machine runs/, oneFile({ port: 1 }));
      await fails('node/sudo', /NOPASSWD/, oneFile({ user: 'plain' }));
      expect(await machine.sh('ls /etc/prov-one 2>/dev/null || :')).toBe('');
      await succeeds(oneFile());
      expect(await machine.sh('cat /etc/prov-one')).toBe('a');
    });

    test('a full disk: nothing is half written', async () => {
      await machine.sh('mkdir -p /srv/full && mount -t tmpfs -o size=64k tmpfs /srv/full');
      const large = oneFile({}, '/srv/full/file', 'x'.repeat(300_000));
      await fails('node/disk-full', /Make room/, large);
      expect(await machine.sh('ls -A /srv/full')).toBe('');
      await machine.sh('mount -o remount,size=4m /srv/full');
      await succeeds(large);
      expect(await machine.sh('stat -c %s /srv/full/file')).toBe('300000\n');
    });

    test('a program that is not what its digest says, or is not there', async () => {
      const file = join(booted.folder, 'wrong-tool');
      writeFileSync(file, 'tool');
      const tool = (sha256: string, path = file) => {
        const binaries = { [TOOL]: { sha256, file: path } };
        return () => void new NodeBinaries('one', { connection, binaries });
      };
      await fails('node/digest', /the file that was reviewed/, tool(digest('other')));
      await fails('node/digest', /Give the path of the file/, tool(digest('tool'), `${file}-missing`));
      expect(await machine.sh(`ls -A /usr/local/bin`)).toBe('');
      await succeeds(tool(digest('tool')));
      expect(await machine.sh(`cat ${TOOL}`)).toBe('tool');
    });

    test('rules that lock out are taken back by the machine', async () => {
      const rules = (rule: string) => {
        const args = { connection, table: 'inet prov', ruleset: ruleset('prov', rule) };
        return () => void new NodeFirewall('one', args);
      };
      await fails('node/locked-out', /administrators of the cluster/, rules('tcp dport 22 drop'));
      await until(async () => (await machine.sh('nft list tables')) === '');
      await succeeds(rules('tcp dport 9999 drop'));
    });

    test('a connection that is cut in the middle', async () => {
      const path = unitPath('slow');
      const waits = unitText("ExecStartPre=/bin/sh -c 'until [ -e /run/prov-go ]; do sleep 0.2; done'\n");
      await machine.run(['tee', path], { input: waits });
      const unit = () =>
        void new NodeUnit('one', {
          connection,
          unit: 'prov-slow.service',
          state: 'running',
          restartedBy: {},
        });
      const state = async () => (await machine.sh('systemctl show -p ActiveState --value prov-slow')).trim();
      const failing = fails('node/unreachable', /run the update again/, unit);
      await until(async () => (await state()) === 'activating');
      // The sessions of this machine, by their ids.
      await machine.sh(
        `ps -eo pid=,args= | awk '/sshd(-session)?: (admin|root)/ && !/awk/ {print $1}' | xargs -r kill -9`,
      );
      await failing;
      await machine.sh('touch /run/prov-go');
      await succeeds(unit);
      expect(await state()).toBe('active');
    });
  });
});

/** A value of a state, without the marks of secrets, and in one order. */
function canonical(value: unknown): string {
  const open = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(open);
    if (typeof inner !== 'object' || inner === null) return inner;
    const { plaintext } = inner as { plaintext?: string };
    if (SECRET_MARK in inner && plaintext !== undefined) return open(JSON.parse(plaintext));
    return Object.fromEntries(
      Object.entries(inner)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, part]) => [name, open(part)]),
    );
  };
  return JSON.stringify(open(value));
}

/** Names of what is not the same. */
function changed(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => before[name] !== now[name],
  );
}

/** Looks at the command lines of all processes, those of machines too, until it is stopped. */
function watchProcesses(canary: string) {
  let scripts = 0;
  const leaks: string[] = [];
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (line.includes('umask 077; set -u')) scripts++;
        if (line.includes(canary)) leaks.push(line.slice(0, 80));
      } catch {
        // It ended.
      }
    }
  };
  const timer = setInterval(look, 20);
  return {
    stop: () => {
      clearInterval(timer);
      return { scripts, leaks };
    },
  };
}

/** Every file below a folder, with its content. */
function filesBelow(folder: string): (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .map((path) => [path, readFileSync(path, 'utf8')] as const);
}

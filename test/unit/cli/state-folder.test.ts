import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateFolder } from '../../../cli/state-folder';
import { temporaryFolder } from '../support/folders';
import { places, problemsOf, problemsOfAsync } from '../support/problems';

const modeOf = (path: string) => statSync(path).mode & 0o777;

function created(): StateFolder {
  const folder = new StateFolder(join(temporaryFolder(), 'state'));
  folder.create();
  return folder;
}

describe('the folder', () => {
  it('is closed to others', () => {
    const folder = created();
    expect(modeOf(folder.path)).toBe(0o700);
    expect(modeOf(folder.pulumi)).toBe(0o700);
  });

  it('is not made before it is asked for', () => {
    const path = join(temporaryFolder(), 'state');
    expect(new StateFolder(path).exists()).toBe(false);
    expect(existsSync(path)).toBe(false);
    expect(created().exists()).toBe(true);
  });

  it('may be there already', () => {
    const folder = created();
    writeFileSync(join(folder.path, 'kept'), 'x');
    expect(() => folder.create()).not.toThrow();
    expect(existsSync(join(folder.path, 'kept'))).toBe(true);
  });

  it('has fixed places in it, whatever the working folder', () => {
    const folder = new StateFolder('relative');
    expect(folder.path).toBe(join(process.cwd(), 'relative'));
    expect(folder.controlPlane).toBe(join(folder.path, 'control-plane'));
    expect(folder.pulumi).toBe(join(folder.path, 'pulumi'));
  });

  it('that cannot be made is refused', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const folder = new StateFolder(join(file, 'state'));
    expect(places(problemsOf(() => folder.create()))).toEqual([`${folder.path} [cli/state]`]);
  });
});

describe('a secret', () => {
  it('is for its owner only', () => {
    expect(modeOf(created().secret('passphrase').file)).toBe(0o600);
  });

  it('is made once and kept, for the next run too', () => {
    const folder = created();
    const first = folder.secret('passphrase');
    expect(folder.secret('passphrase')).toEqual(first);
    expect(new StateFolder(folder.path).secret('passphrase')).toEqual(first);
  });

  it('is another for each name and each folder, of 192 random bits', () => {
    const folder = created();
    const values = [folder.secret('a'), folder.secret('b'), created().secret('a')].map(({ value }) => value);
    expect(new Set(values).size).toBe(3);
    for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(24);
  });
});

describe('exclusively', () => {
  it('refuses a second run while the first one works', async () => {
    const folder = created();
    await folder.exclusively(async () => {
      const second = new StateFolder(folder.path);
      const problems = await problemsOfAsync(() => second.exclusively(async () => 'never'));
      expect(problems).toMatchObject([
        { code: 'cli/state', where: folder.path, message: 'Another keelson run is using the state folder.' },
      ]);
    });
  });

  it('gives the result, and lets the next run in', async () => {
    const folder = created();
    expect(await folder.exclusively(async () => 1)).toBe(1);
    expect(await folder.exclusively(async () => 2)).toBe(2);
  });

  it('lets the next run in after a failure, too', async () => {
    const folder = created();
    const failing = folder.exclusively(() => Promise.reject(new Error('work failed')));
    await expect(failing).rejects.toThrow('work failed');
    expect(await folder.exclusively(async () => 'in')).toBe('in');
  });

  it('counts a run that was killed as ended after 20 s', async () => {
    const folder = created();
    const lock = `${folder.path}.lock`;
    mkdirSync(lock);
    expect(await problemsOfAsync(() => folder.exclusively(async () => 'in'))).toHaveLength(1);
    const old = Date.now() / 1000 - 21;
    utimesSync(lock, old, old);
    expect(await folder.exclusively(async () => 'in')).toBe('in');
  });
});

describe('a folder that keelson did not make', () => {
  it('is refused, and left as it is', () => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'thesis.txt'), 'x');
    const folder = new StateFolder(path);
    expect(places(problemsOf(() => folder.create()))).toEqual([`${path} [cli/state]`]);
    expect(folder.exists()).toBe(false);
    expect(existsSync(join(path, 'thesis.txt'))).toBe(true);
  });
});

describe('removing', () => {
  it('takes the folder away', () => {
    const folder = created();
    folder.secret('passphrase');
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('leaves what somebody else put there', () => {
    const folder = created();
    writeFileSync(join(folder.path, 'thesis.txt'), 'x');
    folder.remove();
    expect(existsSync(join(folder.path, 'thesis.txt'))).toBe(true);
    expect(existsSync(folder.pulumi)).toBe(false);
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** A Chromium of this machine, where one is on the PATH. */
export function chromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/**
 * Opens a page and returns what its scripts wrote, as JSON, to the element of the id `result`.
 *
 * @param html the whole page; it is a file, and asks no network for anything
 */
export function resultOf(browser: string, html: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-chromium-'));
  try {
    const page = join(folder, 'page.html');
    writeFileSync(page, html);
    const options = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${join(folder, 'profile')}`,
    ];
    const dom = execFileSync(browser, [...options, '--dump-dom', `file://${page}`], {
      encoding: 'utf8',
      maxBuffer: 100_000_000,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    });
    const [, result] = /<pre id="result">([^<]*)<\/pre>/.exec(dom) ?? [];
    if (result === undefined) throw new Error('The page wrote no result.');
    return JSON.parse(Buffer.from(result, 'base64').toString());
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

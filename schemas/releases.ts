/**
 * Brings `schemas/releases.json` up to date: the days on which releases came out and end. The schedule is a file of the Kubernetes
 * website, `data/releases/schedule.yaml`; where there is no network, take it along.
 *
 *     npx tsx schemas/releases.ts schedule.yaml
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSchedule, type ReleaseRow } from './schedule';

const [schedule] = process.argv.slice(2);
if (schedule === undefined) throw new Error('Name the file of the schedule.');
const file = join(__dirname, 'releases.json');
const before = JSON.parse(readFileSync(file, 'utf8')) as { source: string; releases: ReleaseRow[] };
const after = {
  source: before.source,
  date: new Date().toISOString().slice(0, 10),
  releases: readSchedule(readFileSync(schedule, 'utf8'), before.releases),
};
const rows = after.releases.map(
  ({ minor, released, endOfLife }) =>
    `    { "minor": "${minor}", "released": "${released}", "endOfLife": "${endOfLife}" }`,
);
writeFileSync(
  file,
  `{\n  "source": "${after.source}",\n  "date": "${after.date}",\n  "releases": [\n${rows.join(',\n')}\n  ]\n}\n`,
);

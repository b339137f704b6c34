/** One run of a peer over a made network: `keelson WORKLOADS` (matrix and checks) or `cyclonus WORKLOADS` (one port of each pair). */
import { judgeNetwork } from '../policies/network-checks';
import { askCyclonus } from '../test/tools/cyclonus/cyclonus';
import { report } from './measure';
import { packetsOf, podsOf, reachObjects } from './reach-objects';

const [peer, count] = process.argv.slice(2);
const workloads = Number(count);
const objects = reachObjects(workloads, 3 * workloads);
const pods = podsOf(objects);

if (peer === 'cyclonus') askCyclonus([]);
const start = performance.now();
if (peer === 'keelson') {
  const { reachability, findings, problems } = judgeNetwork(
    objects.map((manifest) => ({ manifest, source: 'bench' })),
  );
  if (findings.length + problems.length > 0 || reachability.flows.length !== 4 * workloads)
    throw new Error('it is another network than the one that was made');
} else {
  const packets = packetsOf(pods);
  const [verdicts] = askCyclonus([
    { objects: [...objects.filter(({ kind }) => kind !== 'Deployment'), ...pods], packets },
  ]);
  if (!('allowed' in verdicts!) || verdicts.allowed.filter((one) => one).length !== 3 * workloads)
    throw new Error('cyclonus says something else');
}
report(start);

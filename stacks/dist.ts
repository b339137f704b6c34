import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import type { App } from 'cdk8s';
import { dump, SCALAR_STYLE, visit, type Document } from 'js-yaml';
import { renderApp, type Manifest, type RenderedApp, type RenderedChart } from '../constructs';
import { sha256 } from '../constructs/render/digest';
import { KeelsonError, oneLine } from '../model';
import { enforceAtSynth, notValidatedMessage, nowOf } from '../policies';
import { REACHABILITY_FILE, reachabilityJson, type Reachability } from '../reachability';
import { refuseSecretOutputs } from './bridge/secret-outputs';
import { clusterFiles } from './cluster-files';

/** Name of the digest list beside the YAML files. */
export const DIGEST_FILE = 'digests.json';

/** What cdk8s-cli reads to name constructs in a validation report. */
const METADATA_FILE = 'construct-metadata.json';

/** The digest list: what a person reviewed, in a form that a deployment can compare with. */
export interface DigestList {
  /** SHA-256 of each YAML file, of the reachability data, and of each file of a cluster's machines. */
  readonly files: Readonly<Record<string, string>>;
  /** SHA-256 of each object's canonical JSON, by construct path. */
  readonly objects: Readonly<Record<string, string>>;
}

/** An app as it was written. */
export interface SynthesizedApp extends RenderedApp {
  /** What can reach what. */
  readonly reachability: Reachability;
}

/**
 * Checks an app and writes it for review: one YAML file for each chart in dependency order, headed by the chart's name
 * and the recommendations it serves, what can reach what, and a digest list. The same app gives the same bytes on every run and machine.
 *
 * The folder (`app.outdir`) is replaced as a whole once everything is written: nothing of an earlier run stays, and a run
 * that fails changes nothing.
 *
 * Objects of kinds whose schema is not known are named on standard error, and so is what will soon be wrong.
 *
 * @param now the moment by which waivers expire, the app's `today` or now; it decides whether the app is refused, never what is written
 * @returns the app as it was rendered, and what can reach what in it
 * @throws KeelsonError with every problem of the app, or where the folder cannot be written
 */
export async function synthesize(app: App, now = nowOf(app)): Promise<SynthesizedApp> {
  const rendered = renderApp(app);
  await refuseSecretOutputs(rendered);
  const { notValidated, reachability, warnings } = enforceAtSynth(rendered, { now });
  for (const { manifest, source } of notValidated) console.error(notValidatedMessage(manifest, source));
  for (const warning of warnings) console.error(warning);
  const files = new Map(
    rendered.charts.map((chart) => [`${chart.fileStem}${app.outputFileExtension}`, chartYaml(chart)]),
  );
  files.set(REACHABILITY_FILE, reachabilityJson(reachability));
  for (const [name, text] of clusterFiles(app)) files.set(name, text);
  const digests: DigestList = {
    files: Object.fromEntries([...files].map(([name, text]) => [name, sha256(text)])),
    objects: Object.fromEntries(rendered.objects.map(({ path, digest }) => [path, digest])),
  };
  files.set(DIGEST_FILE, `${JSON.stringify(digests, null, 2)}\n`);
  if (process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true')
    files.set(METADATA_FILE, metadataFile(rendered));
  replaceFolder(resolve(app.outdir), files);
  return { ...rendered, reachability };
}

/** The text of one chart's file. */
export function chartYaml(chart: RenderedChart): string {
  const header = [
    // A reader of YAML ends a comment at more characters than those that a construct may not have in its id.
    `# Chart: ${oneLine(chart.path)}`,
    `# Serves: ${chart.recommendations.join(', ') || 'no recommendation'}`,
    '# Source: NSA/CISA Kubernetes Hardening Guidance. Written by keelson; do not edit.',
  ].join('\n');
  return `${header}\n${chart.objects.map(({ manifest }) => `---\n${objectYaml(manifest)}`).join('')}`;
}

/** One object as YAML: apiVersion, kind and metadata first, everything else in the order that rendering gave it. */
export function objectYaml(manifest: Manifest): string {
  const { apiVersion, kind, metadata, ...rest } = manifest;
  const ordered = { apiVersion, kind, metadata, ...rest };
  return dump(ordered, {
    lineWidth: -1,
    noRefs: true,
    // Most objects have no such text: a look at their JSON is cheaper than a visit to every node.
    ...(MISREAD_IN_JSON.test(JSON.stringify(ordered)) ? { transform: quoteMisread } : {}),
  });
}

function quoteMisread(documents: Document[]): void {
  visit(documents, (node) => {
    if (node.kind !== 'scalar' || node.tag !== STRING_TAG) return;
    if (NUMBER_LIKE.test(node.value)) node.style = SCALAR_STYLE.SINGLE_QUOTED;
    if (BLANK_END.test(node.value)) node.style = SCALAR_STYLE.DOUBLE_QUOTED;
  });
}

const STRING_TAG = 'tag:yaml.org,2002:str';

/**
 * Texts that some reader takes for a number, for example `0_9`, which is 9 to the parser of Kubernetes; js-yaml quotes only
 * those that are numbers to itself.
 */
const NUMBER_LIKE = /^(?=.*[.0-9])[-+.:0-9_eExXoObB]+$/;

/** A last line of nothing but blanks: some reader drops it at the end of a block. */
const BLANK_END = /\n[ \t]+$/;

/** Both within a JSON text: a quoted text of nothing but these characters, and one that ends in blanks. */
const MISREAD_IN_JSON = /"[-+.:0-9_eExXoObB]+"|\\n(?: |\\t)+"/;

/** What cdk8s-cli reads to name constructs in a validation report. */
function metadataFile(rendered: RenderedApp): string {
  const resources = Object.fromEntries(
    rendered.objects.map(({ construct, path }) => [construct.name, { path }]),
  );
  return JSON.stringify({ version: '1.0.0', resources });
}

/** Writes all files beside the folder first and then swaps: readers see the old content or the new one. */
function replaceFolder(folder: string, files: ReadonlyMap<string, string>): void {
  refuseForeignFolder(folder);
  let fresh: string | undefined;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    fresh = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
    chmodSync(fresh, 0o755);
    for (const [name, text] of files) {
      mkdirSync(dirname(join(fresh, name)), { recursive: true });
      writeFileSync(join(fresh, name), text);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } catch (error) {
    if (fresh !== undefined) rmSync(fresh, { recursive: true, force: true });
    throw new KeelsonError(
      {
        code: 'cli/state',
        where: folder,
        message: `The YAML cannot be written (${(error as NodeJS.ErrnoException).code}).`,
        fix: 'Give a folder that you may write, with --output or app.outdir.',
      },
      { cause: error },
    );
  }
}

/** Removes what `synthesize` wrote to a folder, and the folder where nothing else is in it. */
export function removeSynthesized(folder: string): void {
  if (!existsSync(folder)) return;
  // Only what is in the folder itself: a link in it may lead to files of the same names elsewhere.
  const there = new Set(filesIn(folder));
  for (const name of ownFiles(folder)) if (there.has(name)) rmSync(join(folder, name), { force: true });
  removeEmptyFolders(folder);
}

/** Removes a folder and those in it as far as nothing is in them. */
function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** The files that `synthesize` wrote to a folder: those that its digest list names, and the list. */
function ownFiles(folder: string): readonly string[] {
  try {
    const { files } = JSON.parse(readFileSync(join(folder, DIGEST_FILE), 'utf8')) as DigestList;
    return [...Object.keys(files).filter(isBelow), DIGEST_FILE, METADATA_FILE];
  } catch {
    return [];
  }
}

/** Whether a name leads to a file in the folder, and nowhere else. */
function isBelow(name: string): boolean {
  return name === normalize(name) && !isAbsolute(name) && !name.startsWith('..');
}

/** All files of a folder and the folders in it, by their path in it. Links are files here: they are not followed. */
function filesIn(folder: string, above = ''): readonly string[] {
  return readdirSync(join(folder, above), { withFileTypes: true }).flatMap((entry) => {
    const name = join(above, entry.name);
    if (!entry.isDirectory()) return [name];
    const below = filesIn(folder, name);
    return below.length === 0 ? [name] : below;
  });
}

/** The folder is replaced, so it must be one that holds nothing but synthesized files. */
function refuseForeignFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const own = ownFiles(folder);
  const foreign = statSync(folder).isDirectory()
    ? filesIn(folder).filter((name) => !own.includes(name))
    : ['no folder but a file'];
  if (foreign.length === 0) return;
  throw new KeelsonError({
    code: 'cli/state',
    where: folder,
    message: `It holds ${foreign.slice(0, 3).join(', ')}, which synth did not write, and would be replaced.`,
    fix: 'Choose another output folder, or move these files away.',
  });
}

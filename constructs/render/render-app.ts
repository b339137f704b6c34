import type { App } from 'cdk8s';
import { ApiObject, Chart, Names } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { KeelsonError, RECOMMENDATIONS, throwIfAny, type Problem, type RecommendationId } from '../../model';
import { KeelsonApp } from '../app';
import type { OutputLike } from '../output';
import { servedBy } from '../serves';
import { patchedManifest, renderInSteps, type Manifest } from './after-render';
import { sha256, sortKeys } from './digest';
import { lostPatches } from './json-patch';
import { groupOf, impliedDependencies, isAdmissionPolicy } from './order';
import { forbiddenObject } from './object-rules';
import { misplacedOutputs } from './output-rules';
import { sortByDependency } from './topology';

/** One Kubernetes object of an app, ready to be written or registered. */
export interface RenderedObject {
  readonly construct: ApiObject;
  /** Path of the construct in the tree. */
  readonly path: string;
  /** The object, its fields sorted, with a placeholder for each value known only at deployment. */
  readonly manifest: Manifest;
  /** What each placeholder in `manifest` stands for. */
  readonly outputs: ReadonlyMap<string, OutputLike<unknown>>;
  /** Objects that have to be there before it. */
  readonly dependsOn: readonly RenderedObject[];
  /** SHA-256 over the canonical JSON of `manifest`; the same at synth and at deployment. */
  readonly digest: string;
}

/** One chart of an app. */
export interface RenderedChart {
  readonly chart: Chart;
  /** Construct path of the chart. */
  readonly path: string;
  /** Name of its file without ending, numbered in dependency order, for example `0001-shop`. */
  readonly fileStem: string;
  /** What the constructs in it apply, in the order of the guidance. */
  readonly recommendations: readonly RecommendationId[];
  /** Its objects, each after what it depends on. */
  readonly objects: readonly RenderedObject[];
}

/** An app as data: what is written for review and what Pulumi registers. */
export interface RenderedApp {
  /** The app itself: what is in it besides objects, such as clusters of machines. */
  readonly root: App;
  /** The charts, each after those it depends on. */
  readonly charts: readonly RenderedChart[];
  /** All objects, each after what it depends on. */
  readonly objects: readonly RenderedObject[];
}

/**
 * Renders all objects of an app, in one pass over the tree: validates it, sorts it, and puts placeholders where values
 * are known only at deployment.
 *
 * @throws KeelsonError with every validation error, misplaced `Output`, JSON patch without effect and duplicate object
 *   of the app
 */
export function renderApp(app: App): RenderedApp {
  const constructs = app.node.findAll();
  throwIfAny(validationProblems(constructs));

  const problems: Problem[] = [];
  const rendered = constructs
    .filter((construct) => construct instanceof ApiObject)
    .flatMap((object) => renderObject(app, object, problems) ?? []);
  throwIfAny([...problems, ...duplicates(rendered)]);

  connect(constructs, rendered);
  const objects = sortByDependency<RenderedObject>(
    policiesFirst(rendered),
    (object) => object.dependsOn,
    (object) => object.path,
  );
  return { root: app, objects, charts: renderCharts(constructs, objects) };
}

/** Admission policies are wanted before what they judge, and need nothing themselves. */
function policiesFirst(objects: readonly RenderedObject[]): readonly RenderedObject[] {
  const isPolicy = ({ manifest }: RenderedObject): boolean => isAdmissionPolicy(manifest);
  return [...objects.filter(isPolicy), ...objects.filter((object) => !isPolicy(object))];
}

function validationProblems(constructs: readonly IConstruct[]): readonly Problem[] {
  return constructs.flatMap((construct) =>
    construct.node.validate().map((message) => ({
      code: 'construct/invalid' as const,
      where: construct.node.path,
      message,
      fix: 'Change what the message names: the construct itself does not accept it.',
    })),
  );
}

type MutableObject = Omit<RenderedObject, 'dependsOn'> & { dependsOn: RenderedObject[] };

/** Renders one object; undefined where one of its patches is wrong. */
function renderObject(app: App, construct: ApiObject, problems: Problem[]): MutableObject | undefined {
  const { path } = construct.node;
  const manifest = written(construct, problems);
  if (manifest === undefined) return undefined;
  const outputs = app instanceof KeelsonApp ? app.outputs.outputsOf(construct) : new Map();
  const text = JSON.stringify(manifest);
  problems.push(
    ...forbiddenObject(path, manifest),
    ...misplacedOutputs(path, manifest, text, new Set(outputs.keys())),
  );
  return { construct, path, manifest, outputs, dependsOn: [], digest: sha256(text) };
}

/** The object as it is written, whatever was done to its `toJson`. */
function written(construct: ApiObject, problems: Problem[]): Manifest | undefined {
  renderInSteps(construct);
  try {
    const manifest = sortKeys(construct.toJson() as Manifest);
    problems.push(...lostPatches(construct, patchedManifest(construct)!, manifest));
    return manifest;
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Two objects with one identity would overwrite each other in the cluster, silently. */
function duplicates(objects: readonly RenderedObject[]): readonly Problem[] {
  const seen = new Map<string, RenderedObject>();
  const problems: Problem[] = [];
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object.manifest;
    // Two versions of one kind are two views of the same object.
    const identity = [groupOf(apiVersion), kind, metadata.namespace ?? '', metadata.name ?? ''].join('|');
    const first = seen.get(identity);
    if (first === undefined) {
      seen.set(identity, object);
    } else {
      problems.push({
        code: 'construct/invalid',
        where: object.path,
        message: `${kind} "${metadata.name}" is declared already by ${first.path}.`,
        fix: 'Give one of them another name or namespace.',
      });
    }
  }
  return problems;
}

/** Fills in `dependsOn`, from what cdk8s was told and from what every cluster needs. */
function connect(constructs: readonly IConstruct[], objects: readonly MutableObject[]): void {
  const edges = new Map<MutableObject, Set<RenderedObject>>();
  for (const [object, targets] of impliedDependencies(objects)) edges.set(object, new Set(targets));

  const byConstruct = new Map<IConstruct, MutableObject>(objects.map((object) => [object.construct, object]));
  const below = (construct: IConstruct): readonly MutableObject[] =>
    construct.node.findAll().flatMap((child) => byConstruct.get(child) ?? []);
  for (const construct of constructs) {
    for (const dependency of construct.node.dependencies) {
      const targets = lastOf(below(dependency), edges);
      for (const source of below(construct)) {
        for (const target of targets) if (target !== source) edges.get(source)!.add(target);
      }
    }
  }
  for (const object of objects) object.dependsOn = [...edges.get(object)!];
}

/** Of a group of objects, those that no other of the group depends on: waiting for them is waiting for all. */
function lastOf<T>(group: readonly T[], edges: ReadonlyMap<T, ReadonlySet<unknown>>): readonly T[] {
  const needed = new Set<unknown>(group.flatMap((object) => [...(edges.get(object) ?? [])]));
  return group.filter((object) => !needed.has(object));
}

function chartOf(object: RenderedObject): Chart {
  return Chart.of(object.construct);
}

function renderCharts(
  constructs: readonly IConstruct[],
  objects: readonly RenderedObject[],
): readonly RenderedChart[] {
  const used = new Set(objects.map(chartOf));
  const charts = [...used];
  const byChart = new Map<Chart, RenderedObject[]>(charts.map((chart) => [chart, []]));
  for (const object of objects) byChart.get(chartOf(object))!.push(object);

  const recommendations = new Map<Chart, Set<RecommendationId>>(charts.map((chart) => [chart, new Set()]));
  for (const construct of constructs) {
    const served = servedBy(construct);
    const scope =
      served.length === 0 ? undefined : construct.node.scopes.filter((above) => Chart.isChart(above)).at(-1);
    const chart = scope === undefined ? undefined : recommendations.get(scope as Chart);
    for (const id of served) chart?.add(id);
  }

  const needs = (chart: Chart): Iterable<Chart> =>
    new Set(
      byChart
        .get(chart)!
        .flatMap((object) => object.dependsOn.map(chartOf))
        .filter((other) => other !== chart),
    );
  return sortByDependency(charts, needs, (chart) => chart.node.path).map((chart, index) => ({
    chart,
    path: chart.node.path,
    fileStem: `${String(index).padStart(4, '0')}-${Names.toDnsLabel(chart, { includeHash: false })}`,
    recommendations: RECOMMENDATIONS.map(({ id }) => id).filter((id) => recommendations.get(chart)!.has(id)),
    objects: byChart.get(chart)!,
  }));
}

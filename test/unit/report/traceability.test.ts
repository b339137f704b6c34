import { App } from 'cdk8s';
import { HardenedNamespace, renderApp, type RenderedApp } from '../../../constructs';
import { RECOMMENDATIONS, type Evidence, type RecommendationId, type Verdict } from '../../../model';
import { CONTROLS } from '../../../policies';
import { traceability, type TraceSources } from '../../../report';
import { appWithChart, appWithNamespace } from '../support/charts';

const NOTHING: RenderedApp = { root: new App(), charts: [], objects: [] };

function rows(sources: Partial<TraceSources>) {
  return traceability({ app: NOTHING, controlPlane: [], controls: [], evidence: [], ...sources });
}

function row(id: RecommendationId, sources: Partial<TraceSources>) {
  return rows(sources).find(({ recommendation }) => recommendation.id === id)!;
}

/** Evidence for NET-7: of each probe its id, what it found, and what it left open. */
type Result = readonly [probe: string, verdict: Verdict, open?: string];

function probed(...results: readonly Result[]): readonly Evidence[] {
  return results.map(([probe, verdict, open]) => ({
    probe,
    verdict,
    recommendations: ['NET-7'],
    claim: 'It holds.',
    observations: [],
    ...(open === undefined ? {} : { open }),
  }));
}

it('every recommendation has its row, in the order of the guidance, also where nothing is known', () => {
  expect(rows({}).map(({ recommendation }) => recommendation)).toEqual(RECOMMENDATIONS);
  for (const { declared, enforced, proved, probes, open } of rows({})) {
    expect({ declared, enforced, proved, probes, open }).toEqual({
      declared: false,
      enforced: [],
      proved: 'unproved',
      probes: [],
      open: [],
    });
  }
});

describe('proved', () => {
  it.each<[string, readonly Result[], string, readonly string[]]>([
    ['no probe ran', [], 'unproved', []],
    ['no probe could look', [['a', 'unavailable']], 'unproved', []],
    ['no probe could look, and it says what it leaves open', [['a', 'unavailable', 'more']], 'unproved', []],
    ['one probe held', [['a', 'holds']], 'proved', ['a']],
    ['one probe held and left something open', [['a', 'holds', 'more']], 'in part', ['a']],
    ['one probe failed', [['a', 'fails']], 'fails', ['a']],
    ['one probe failed and left something open', [['a', 'fails', 'more']], 'fails', ['a']],
    [
      'one held and one failed',
      [
        ['a', 'holds'],
        ['b', 'fails'],
      ],
      'fails',
      ['a', 'b'],
    ],
    [
      'one failed and one held',
      [
        ['a', 'fails'],
        ['b', 'holds'],
      ],
      'fails',
      ['a', 'b'],
    ],
    [
      'one held and one could not look',
      [
        ['a', 'holds'],
        ['b', 'unavailable'],
      ],
      'proved',
      ['a'],
    ],
    [
      'one held in part and one could not look',
      [
        ['a', 'holds', 'more'],
        ['b', 'unavailable'],
      ],
      'in part',
      ['a'],
    ],
    [
      'one failed and one could not look',
      [
        ['a', 'unavailable'],
        ['b', 'fails'],
      ],
      'fails',
      ['b'],
    ],
  ])('where %s', (_when, results, proved, probes) => {
    expect(row('NET-7', { evidence: probed(...results) })).toMatchObject({ proved, probes });
  });

  it('tells what was left open by the probes that looked', () => {
    const evidence = probed(
      ['a', 'holds', 'old keys'],
      ['b', 'unavailable', 'nothing'],
      ['c', 'holds', 'logs'],
    );
    expect(row('NET-7', { evidence }).open).toEqual(['old keys', 'logs']);
  });

  it('counts for the recommendations of the probe only', () => {
    const proved = rows({ evidence: probed(['a', 'holds']) }).filter((r) => r.proved !== 'unproved');
    expect(proved.map(({ recommendation }) => recommendation.id)).toEqual(['NET-7']);
  });
});

describe('declared', () => {
  const declared = (sources: Partial<TraceSources>) =>
    rows(sources)
      .filter((r) => r.declared)
      .map(({ recommendation }) => recommendation.id);

  it('comes from the constructs of every chart', () => {
    const { app } = appWithNamespace();
    expect(declared({ app: renderApp(app) })).toEqual(['POD-1', 'POD-4', 'POD-5', 'POD-6', 'POD-7', 'NET-5']);
  });

  it('does not come from an app without constructs that serve anything', () => {
    expect(declared({ app: renderApp(appWithChart().app) })).toEqual([]);
  });

  it('comes from the settings of the control plane, too', () => {
    const { app, chart } = appWithChart();
    new HardenedNamespace(chart, 'shop');
    expect(declared({ app: renderApp(app), controlPlane: ['AUD-1', 'POD-1'] })).toContain('AUD-1');
    expect(declared({ controlPlane: ['AUD-1'] })).toEqual(['AUD-1']);
  });
});

describe('enforced', () => {
  it('names the controls that are in force', () => {
    expect(row('POD-6', { controls: CONTROLS }).enforced).toEqual(
      CONTROLS.filter(({ mappings }) => mappings.recommendations.includes('POD-6')).map(({ id }) => id),
    );
    expect(row('POD-6', { controls: CONTROLS }).enforced).toContain('privilege-escalation');
    expect(row('POD-6', { controls: [] }).enforced).toEqual([]);
    expect(row('NET-1', { controls: CONTROLS }).enforced).toEqual([]);
  });
});

import fc from 'fast-check';
import type { Manifest } from '../../../constructs';
import type { Reachability } from '../../../reachability';
import { reachSvg } from '../../../report/reach-svg';
import { pod, policy } from '../support/reach';
import { reachabilityOfStack, reachStack } from '../support/reach-stack';
import { elementsOf, readXml, type XmlElement } from '../support/xml';

/** A group with what its tooltip says and what is written in it. */
interface Box {
  readonly style: string;
  readonly title: string;
  readonly texts: readonly string[];
}

function boxesOf(reachability: Reachability): readonly Box[] {
  return elementsOf(readXml(reachSvg(reachability))).flatMap((element) => {
    const { class: style } = element.attributes;
    if (element.name !== 'g' || style === undefined) return [];
    const named = (name: string): readonly string[] =>
      element.children.filter((child) => child.name === name).map(({ text }) => text);
    return [{ style, title: named('title')[0]!, texts: named('text') }];
  });
}

function boxesOfObjects(...objects: readonly Manifest[]): readonly Box[] {
  return boxesOf(reachabilityOfStack(objects));
}

/** The style and the text of each box whose tooltip is of two ends. */
function between(boxes: readonly Box[], from: string, to: string): readonly (readonly [string, string])[] {
  return boxes
    .filter(({ title }) => title.startsWith(`${from} → ${to}: `))
    .map(({ style, texts }) => [style, texts.at(-1)!] as const);
}

const ONE = { matchLabels: { app: 'one' } };
const TWO = { matchLabels: { app: 'two' } };
const PODS = [pod('a/one', { app: 'one' }), pod('a/two', { app: 'two' })];
const DENY = policy('a/deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const opened = (ports: readonly object[]): readonly Manifest[] => [
  ...PODS,
  DENY,
  policy('a/out', {
    podSelector: ONE,
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: TWO }], ports }],
  }),
  policy('a/in', {
    podSelector: TWO,
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: ONE }], ports }],
  }),
];

describe('what is open', () => {
  it('on ports is in the matrix, at who can reach, and at who is reached', () => {
    expect(between(boxesOfObjects(...opened([{ port: 80 }])), 'a/one', 'a/two')).toEqual([
      ['ports', 'TCP 80'],
      ['ports', 'TCP 80'],
      ['ports', 'TCP 80'],
    ]);
  });

  it.each([
    ['all ports', []],
    ['all ports of a protocol', [{ protocol: 'TCP' }]],
    ['1,000 ports', [{ port: 1, endPort: 1000 }]],
    [
      'all ports in two ranges',
      [
        { port: 1, endPort: 400 },
        { port: 300, endPort: 65535 },
      ],
    ],
  ] as readonly (readonly [string, readonly object[]])[])('on %s is drawn as wide', (_, ports) => {
    const boxes = between(boxesOfObjects(...opened(ports)), 'a/one', 'a/two');
    expect(boxes.map(([style]) => style)).toEqual(['wide', 'wide', 'wide']);
  });

  it('on 999 ports is not', () => {
    const [first] = between(boxesOfObjects(...opened([{ port: 1, endPort: 999 }])), 'a/one', 'a/two');
    expect(first).toEqual(['ports', 'TCP 1-999']);
  });

  it('because no policy holds either end is drawn as such, with a mark beside the colour', () => {
    const boxes = boxesOfObjects(...PODS);
    expect(between(boxes, 'a/one', 'a/two')[0]).toEqual(['unheld', '!all']);
    expect(between(boxes, 'a/one', 'outside')[0]).toEqual(['unheld', '!all']);
    expect(boxes.filter(({ style }) => style === 'name').map(({ texts }) => texts)).toContainEqual([
      'one',
      '! no policy holds what comes in',
      '! no policy holds what goes out',
    ]);
  });

  it('possibly is drawn as such, with a mark beside the dashes', () => {
    const everywhere = [{ ipBlock: { cidr: '10.0.0.0/9' } }];
    const boxes = boxesOfObjects(
      ...PODS,
      policy('a/out', {
        podSelector: ONE,
        policyTypes: ['Egress'],
        egress: [{ to: everywhere, ports: [{ port: 80 }] }],
      }),
    );
    expect(between(boxes, 'a/one', 'a/two')[0]).toEqual(['ports possible', 'TCP 80?']);
  });

  it('is certain where one of its ports is', () => {
    const { flows, ...rest } = reachabilityOfStack(opened([{ port: 80 }]));
    const [first] = flows[0]!.openings;
    const openings = [first!, { ...first!, port: 90, endPort: 90, possible: true } as const];
    const boxes = boxesOf({ ...rest, flows: [{ ...flows[0]!, openings }] });
    expect(between(boxes, 'a/one', 'a/two')[0]).toEqual(['ports', '80+1']);
  });

  it('to a workload in the network of its node is told to be held by nobody', () => {
    const boxes = boxesOfObjects(...PODS, DENY, pod('a/agent', {}, { hostNetwork: true }));
    expect(boxes.filter(({ style }) => style === 'name').map(({ texts }) => texts)).toContainEqual([
      'agent',
      "! in its node's network: not held",
    ]);
  });

  it('from outside is in the matrix, at who can reach, and in a column of who is reached', () => {
    const boxes = boxesOfObjects(
      ...PODS,
      DENY,
      policy('a/in', { podSelector: TWO, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 443 }] }] }),
    );
    const found = boxes.filter(({ title }) => title.startsWith('outside → a/two: '));
    expect(found.map(({ texts }) => texts)).toEqual([['TCP 443'], ['a/two', 'TCP 443'], ['TCP 443']]);
  });

  it('is told with the policies that open it', () => {
    const [box] = boxesOfObjects(...opened([{ port: 80 }])).filter(({ title }) =>
      title.startsWith('a/one →'),
    );
    expect(box!.title).toBe('a/one → a/two: TCP 80, by a/out, a/in');
  });

  it('to a range of all addresses is in the column of what is outside', () => {
    const world = [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }];
    const boxes = boxesOfObjects(
      ...PODS,
      DENY,
      policy('a/out', {
        podSelector: ONE,
        policyTypes: ['Egress'],
        egress: [{ to: world, ports: [{ port: 443 }] }],
      }),
    );
    const found = boxes.filter(({ title }) => title.startsWith('a/one → 0.0.0.0/0 except 10.0.0.0/8: '));
    // The matrix and the column of its row say only the port, the row of the range who it is.
    expect(found.map(({ texts }) => texts)).toEqual([['TCP 443'], ['a/one', 'TCP 443'], ['TCP 443']]);
  });
});

describe('the matrix', () => {
  const reachability = reachabilityOfStack(reachStack({ workloads: 20, namespaces: 3 }));

  it('has one box for each flow, and nothing for what is denied', () => {
    const svg = reachSvg(reachability);
    const matrix = svg.slice(svg.indexOf('Rows reach columns'), svg.indexOf('Each point:'));
    const cells = matrix.match(/<title>/g)!;
    expect(cells.length).toBe(reachability.flows.length);
  });

  it('marks a row that no policy holds in what it sends, and a column in what it gets', () => {
    const labels = (...objects: readonly Manifest[]): readonly string[] =>
      elementsOf(readXml(reachSvg(reachabilityOfStack(objects)))).flatMap(({ name, text }) =>
        name === 'text' && text.endsWith('one') ? [text] : [],
      );
    const held = (types: readonly string[]): Manifest =>
      policy('a/held', { podSelector: {}, policyTypes: types });
    const rowAndColumn = (...objects: readonly Manifest[]): readonly string[] =>
      labels(...PODS, ...objects).slice(0, 2);
    expect(rowAndColumn()).toEqual(['! one', '! one']);
    expect(rowAndColumn(held(['Egress']))).toEqual(['one', '! one']);
    expect(rowAndColumn(held(['Ingress']))).toEqual(['! one', 'one']);
    expect(rowAndColumn(DENY)).toEqual(['one', 'one']);
  });

  it('stands for namespaces where there are many points, and says how many pairs are as wide as its colour', () => {
    const big = reachabilityOfStack(reachStack({ workloads: 200, namespaces: 15 }));
    const boxes = boxesOf(big);
    const pairs = boxes.flatMap(
      ({ title }) => /^\S+ \(\d+\) → \S+ \(\d+\): (\d+) of \d+ pairs$/.exec(title)?.[1] ?? [],
    );
    const workloads = new Set(
      big.points.flatMap(({ id, type }) => (type === 'workload' && id !== 'dns' ? [id] : [])),
    );
    const among = big.flows.filter(({ from, to }) => workloads.has(from) && workloads.has(to));
    const ranges = big.flows.filter(({ to }) => to === '192.0.2.64/26');
    expect(pairs.reduce((sum, count) => sum + Number(count), 0)).toBe(among.length + ranges.length);
    expect(boxes.find(({ title }) => title.startsWith('team-0 (14) → team-11 (13): '))).toMatchObject({
      style: 'wide',
      texts: ['1/6'],
    });
  });
});

describe('what everybody has', () => {
  it('is one box, and says who is left out', () => {
    const boxes = boxesOf(reachabilityOfStack(reachStack({ workloads: 200, namespaces: 15 })));
    const toDns = boxes.filter(({ title }) => title.startsWith('every workload'));
    expect(toDns).toEqual([
      {
        style: 'ports',
        title: 'every workload but team-1/api-1 and team-4/mail-199: TCP 53, UDP 53',
        texts: ['every workload but 2 (198)', 'TCP 53, UDP 53'],
      },
    ]);
  });

  it('of a namespace is one box, too', () => {
    const others = Array.from({ length: 3 }, (_, index) => pod(`b/pod-${index}`));
    const boxes = boxesOfObjects(
      ...PODS,
      ...others,
      policy('a/in', {
        podSelector: TWO,
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'b' } } }],
            ports: [{ port: 80 }],
          },
        ],
      }),
    );
    expect(boxes.map(({ texts }) => texts)).toContainEqual(['all of b (3)', 'TCP 80']);
  });

  it('is never told of fewer than five with one left out', () => {
    const boxes = boxesOfObjects(...opened([{ port: 80 }]), pod('a/three', { app: 'three' }));
    expect(boxes.filter(({ title }) => title.startsWith('all of') || title.startsWith('every'))).toEqual([]);
  });
});

describe('the document', () => {
  const svg = reachSvg(reachabilityOfStack(reachStack({ workloads: 20, namespaces: 3 })));
  const root = readXml(svg);

  it('is the same on every run', () => {
    expect(reachSvg(reachabilityOfStack(reachStack({ workloads: 20, namespaces: 3 })))).toBe(svg);
  });

  it('says what it is to those who cannot see it', () => {
    expect(root.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'reach-title reach-desc' });
    const byId = (id: string): readonly XmlElement[] =>
      elementsOf(root).filter(({ attributes }) => attributes['id'] === id);
    expect(byId('reach-title').map(({ name, text }) => [name, text])).toEqual([
      ['title', 'What can reach what, by network policies'],
    ]);
    expect(byId('reach-desc')[0]!.text).toMatch(/^\d+ of 380 pairs of 20 workloads are open; /);
  });

  it('draws its own ground, first and whole', () => {
    const { width, height } = root.attributes;
    expect(root.children.find(({ name }) => name === 'rect')!.attributes).toMatchObject({
      x: '0',
      y: '0',
      width,
      height,
      class: 'page',
    });
  });

  it('is drawn with nothing on nothing, too', () => {
    expect(() => readXml(reachSvg(reachabilityOfStack([])))).not.toThrow();
  });
});

/** Everything that the picture may be made of: no script, no link, no image, no font, no event, no style of its own. */
const ELEMENTS = ['svg', 'title', 'desc', 'style', 'rect', 'g', 'text'];
const ATTRIBUTES = [
  ...['xmlns', 'width', 'height', 'viewBox', 'role', 'aria-labelledby', 'id', 'class', 'x', 'y', 'transform'],
  ...['font-size', 'text-anchor', 'textLength', 'lengthAdjust'],
];
const CONTROL =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

function expectInert(svg: string): void {
  const all = elementsOf(readXml(svg));
  const attributes = new Set(all.flatMap((element) => Object.keys(element.attributes)));
  expect([...new Set(all.map(({ name }) => name))].filter((name) => !ELEMENTS.includes(name))).toEqual([]);
  expect([...attributes].filter((name) => !ATTRIBUTES.includes(name))).toEqual([]);
  const styles = all.filter(({ name }) => name === 'style').map(({ text }) => text);
  expect(styles).toHaveLength(1);
  expect(styles[0]).not.toMatch(/url\(|@|\/\/|expression|\\/);
  expect(svg).not.toMatch(CONTROL);
}

describe('names of others', () => {
  it.each([
    ['an element', '<script>alert(1)</script>'],
    ['an attribute', '"\' onload="alert(1)'],
    ['what XML has beside elements', ']]><!--&amp;&#0;'],
    ['control characters', 'a\u0000\u001b[31m\u2028b'],
    ['characters that turn the direction', '\u202egnp\u200f\u061c'],
    ['halves of characters', '\ud800 and \udc00'],
    ['no characters', '\ufffe\uffff'],
    ['wide characters', '漢字'.repeat(40)],
    ['characters of two halves', '😀'.repeat(200)],
  ])('cannot be markup, nor move text: %s', (_, name) => {
    const objects = reachStack({ workloads: 6, namespaces: 2, prefix: name.replaceAll('/', '') });
    expectInert(reachSvg(reachabilityOfStack(objects)));
  });

  it('are broken after a hyphen or a space, and never within a character', () => {
    const linesOf = (name: string): readonly string[] =>
      boxesOfObjects(pod(`a/${name}`, { app: 'one' }), DENY)
        .filter(({ title }) => title.startsWith('Pod a/'))
        .map(({ texts }) => texts)
        .at(0)!;
    expect(linesOf('a-service-for-orders-of-customers-of-the-whole-shop')).toEqual([
      'a-service-for-orders-of-customers-',
      'of-the-whole-shop',
    ]);
    expect(linesOf(`a${'😀'.repeat(30)}`).join('')).toBe(`a${'😀'.repeat(30)}`);
  });

  it('cannot be, whatever they are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(text, text, text, (space, name, source) => {
        const manifest = { ...pod('x/y'), metadata: { namespace: space, name } };
        const { points, ...rest } = reachabilityOfStack([manifest, ...PODS]);
        const foreign = { id: `pods ${space}`, type: 'elsewhere' } as const;
        const flow = { from: 'Pod a/one', to: foreign.id, openings: rest.flows[0]!.openings };
        const policies = [name, source];
        const openings = flow.openings.map((opening) => ({
          ...opening,
          egress: policies,
          ingress: policies,
        }));
        const changed = points.map((point) => (point.type === 'workload' ? { ...point, source } : point));
        expectInert(
          reachSvg({ ...rest, points: [...changed, foreign], flows: [...rest.flows, { ...flow, openings }] }),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('the size', () => {
  const measured = (workloads: number): { readonly bytes: number; readonly data: number } => {
    const reachability = reachabilityOfStack(reachStack({ workloads, namespaces: workloads / 10 }));
    const { points, flows } = reachability;
    return { bytes: reachSvg(reachability).length, data: points.length + flows.length };
  };

  it('grows with points and flows, in a line', () => {
    const [small, large] = [measured(100), measured(400)];
    expect(large.bytes / large.data / (small.bytes / small.data)).toBeLessThan(1.1);
    expect(large.bytes / large.data).toBeLessThan(1000);
  });

  it('of a cluster without policies grows with its points alone', () => {
    const bytes = (count: number): number =>
      reachSvg(
        reachabilityOfStack(Array.from({ length: count }, (_, index) => pod(`ns-${index % 5}/pod-${index}`))),
      ).length;
    expect(bytes(200) / bytes(100)).toBeLessThan(2);
  });

  it('of one flow is bounded, however many ports and policies it has', () => {
    const { flows, ...rest } = reachabilityOfStack(opened([{ port: 80 }]));
    const names = Array.from({ length: 500 }, (_, index) => `a/policy-${index}`);
    const openings = Array.from({ length: 500 }, (_, index) => ({
      ...flows[0]!.openings[0]!,
      port: 2 * index + 1,
      endPort: 2 * index + 1,
      egress: names,
      ingress: names,
    }));
    expect(reachSvg({ ...rest, flows: [{ ...flows[0]!, openings }] }).length).toBeLessThan(20_000);
  });

  it('of 1,000 workloads with 3,000 connections is below 10 MB', () => {
    const reachability = reachabilityOfStack(reachStack({ workloads: 1000, namespaces: 40 }));
    expect(reachSvg(reachability).length).toBeLessThan(10_000_000);
  });
});

describe('the reader of these tests', () => {
  it.each([
    '<a>&</a>',
    '<a>&nbsp;</a>',
    '<a><b></a>',
    '<a b="<"/>',
    '<a/><a/>',
    '<a',
    '</a>',
    '<a b=c/>',
    '<a>\u0000</a>',
  ])('refuses %j', (text) => expect(() => readXml(text)).toThrow());
});

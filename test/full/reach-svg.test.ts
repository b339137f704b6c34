/** The picture of what can reach what, in a real browser. */
import { reachSvg } from '../../report/reach-svg';
import { reachabilityOfStack, reachStack, type StackOptions } from '../unit/support/reach-stack';
import { chromium } from '../tools/chromium/chromium';
import { look } from '../tools/chromium/look';

const browser = chromium();
// Without a browser nobody can look. The tests are then counted as skipped, not as passed.
const eachWithBrowser = browser === undefined ? it.skip.each : it.each;

const LONG = 'a-name-that-is-as-long-as-kubernetes-allows-one-to-be';
const RUNS = '<img src="x" onerror="ran=true">';

eachWithBrowser([
  ['10 workloads', { workloads: 10, namespaces: 2 }],
  ['50 workloads', { workloads: 50, namespaces: 6 }],
  ['200 workloads', { workloads: 200, namespaces: 15 }],
  ['1,000 workloads', { workloads: 1000, namespaces: 40 }],
  ['names of 63 characters', { workloads: 50, namespaces: 6, prefix: LONG }],
  ['names that are markup', { workloads: 10, namespaces: 2, prefix: RUNS }],
  ['names of wide characters', { workloads: 10, namespaces: 2, prefix: '漢字😀' }],
  ['names from right to left', { workloads: 10, namespaces: 2, prefix: 'שלום\u202e' }],
] as readonly (readonly [string, StackOptions])[])('%s are readable', (_, options) => {
  const seen = look(browser!, reachSvg(reachabilityOfStack(reachStack(options))));
  expect(seen).toEqual({
    isXml: true,
    texts: expect.any(Number),
    smallestFont: expect.any(Number),
    overlapping: [],
    outOfBox: [],
    outOfPicture: [],
    contrast: expect.any(Number),
    active: 0,
    ran: false,
  });
  expect(seen.texts).toBeGreaterThan(options.workloads);
  expect(seen.smallestFont).toBeGreaterThanOrEqual(9);
  expect(seen.contrast).toBeGreaterThanOrEqual(4.5);
});

(browser === undefined ? it.skip : it)('a picture that is not is seen', () => {
  const svg = reachSvg(reachabilityOfStack(reachStack({ workloads: 10, namespaces: 2, prefix: RUNS })));
  const one = /<text .*?<\/text>/.exec(svg)![0];
  expect(look(browser!, svg.replaceAll('font-size="11"', 'font-size="14"')).outOfBox).not.toEqual([]);
  expect(look(browser!, svg.replace(one, `${one}${one}`)).overlapping).not.toEqual([]);
  expect(look(browser!, svg.replace(one, one.replace('x="16"', 'x="5000"'))).outOfPicture).not.toEqual([]);
  expect(
    look(browser!, svg.replace('.unheld text{fill:#fff', '.unheld text{fill:#f00')).contrast,
  ).toBeLessThan(4.5);
  expect(look(browser!, svg.replaceAll('&lt;', '<').replaceAll('&quot;', '"'))).toMatchObject({
    isXml: false,
    ran: true,
  });
});

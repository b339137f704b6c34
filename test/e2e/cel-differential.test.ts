import { compareWithApiServer } from '../tools/cel-harness/differential';

it('agrees with the API server about objects and expressions', () => {
  const { mismatches, values, refused } = compareWithApiServer(20261123, 300);
  expect(mismatches).toEqual([]);
  // It shows nothing where most answers are errors on both sides.
  expect(values).toBeGreaterThan(200);
  expect(refused).toBeLessThan(30);
});

import { buildGo } from '../go-build';

/** Builds the program of the three-tier application FOR TESTS. What it is, is the name by which it is started. */
export function shopProgram(): string {
  return buildGo(__dirname, 'test-shop', '.', '-s -w');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../../../constructs';
import { buildGo } from '../go-build';

/** Builds the network plugin FOR TESTS. Its image needs `nft` and `ip` besides. */
export function networkPluginProgram(): string {
  return buildGo(__dirname, 'test-network-plugin', '.', '-s -w');
}

/** Its objects. @param image with its digest */
export function networkPluginManifests(image: string): readonly Manifest[] {
  const text = readFileSync(join(__dirname, 'network-plugin.yaml'), 'utf8').replaceAll('IMAGE', image);
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

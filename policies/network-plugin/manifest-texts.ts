import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { ClusterNetworkPlugin, Manifest } from '../../constructs';
import { sha256 } from '../../constructs/render/digest';
import type { Problem } from '../../model';
import type { CheckedObject } from '../enforce/check';

/** Objects of the files of a plugin, and what is wrong with the files. */
export interface ReadManifests {
  readonly objects: readonly CheckedObject[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the files of a network plugin. What is not the file that was pinned is not looked into.
 *
 * @param texts the text of each file, by its path
 */
export function readManifests(
  { manifests }: ClusterNetworkPlugin,
  texts: Readonly<Record<string, string>>,
): ReadManifests {
  const objects: CheckedObject[] = [];
  const problems: Problem[] = [];
  for (const pinned of manifests) {
    const text = Object.hasOwn(texts, pinned.path) ? texts[pinned.path]! : undefined;
    if (text === undefined || sha256(text) !== pinned.sha256) {
      problems.push(text === undefined ? missing(pinned.path) : changed(pinned, sha256(text)));
      continue;
    }
    const read = readText(pinned.path, text);
    if (read.objects.length === 0 && read.problems.length === 0) problems.push(empty(pinned.path));
    objects.push(...read.objects);
    problems.push(...read.problems);
  }
  return { objects, problems };
}

function readText(path: string, text: string): ReadManifests {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    // As kubectl reads it: `yes` is true and 0644 octal, but neither 1:30 nor 2026-01-01 is anything but text.
    version: '1.1',
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !/timestamp |TIME$/.test(`${tag.tag} ${tag.format}`)),
    lineCounter: lines,
  });
  const objects: CheckedObject[] = [];
  const problems: Problem[] = [];
  for (const document of 'empty' in documents ? [] : documents) {
    const source = `${path}:${lines.linePos(firstOf(document)).line}`;
    const [error] = document.errors;
    if (error !== undefined) {
      const line = error.linePos?.[0].line ?? 1;
      problems.push({
        code: 'check/yaml',
        where: `${path}:${line}`,
        message: `It is no YAML: ${error.message.split('\n')[0]!.replace(/( at line .*)?:?$/, '')}.`,
        fix: 'Take the file again from where it is published, or correct it and its digest.',
      });
      continue;
    }
    try {
      const value: unknown = document.toJS();
      if (value === null || value === undefined) continue;
      for (const one of itemsOf(value)) {
        if (isManifest(one)) objects.push({ manifest: one, source });
        else problems.push(noObject(source));
      }
    } catch (cause) {
      // More aliases than any manifest has.
      problems.push({ ...noObject(source), code: 'check/yaml', message: `${(cause as Error).message}.` });
    }
  }
  return { objects, problems };
}

function firstOf({ contents, range }: Document.Parsed): number {
  return contents?.range?.[0] ?? range[0];
}

function itemsOf(value: unknown): readonly unknown[] {
  const { kind, items } = value as { readonly kind?: unknown; readonly items?: unknown };
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? items : [value];
}

function isManifest(value: unknown): value is Manifest {
  if (value === null || typeof value !== 'object') return false;
  const { apiVersion, kind, metadata } = value as Readonly<Record<string, unknown>>;
  const { name } = (metadata ?? {}) as { readonly name?: unknown };
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
}

function missing(path: string): Problem {
  return {
    code: 'network-plugin/unfit',
    where: path,
    message: 'The file was not read.',
    fix: 'Give the text of each file under its path.',
  };
}

function changed(
  { path, sha256: wanted }: { readonly path: string; readonly sha256: string },
  is: string,
): Problem {
  return {
    code: 'network-plugin/unfit',
    where: path,
    message: `The file has the SHA-256 ${is}, and ${wanted} was demanded.`,
    fix: 'Look at what has changed in it; then write the new digest, or put the old file back.',
  };
}

function empty(path: string): Problem {
  return {
    code: 'network-plugin/unfit',
    where: path,
    message: 'There is no object in it.',
    fix: 'Check that what wrote the file did not fail.',
  };
}

function noObject(where: string): Problem {
  return {
    code: 'check/not-an-object',
    where,
    message: 'It is no Kubernetes object: apiVersion, kind or metadata.name is missing.',
    fix: 'Name the manifests themselves: the values of a chart are rendered by `helm template` first.',
  };
}

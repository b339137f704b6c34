import type { Problem } from '../../model';
import type { CheckedObject } from '../../policies/enforce/check';
import { apiGroupOf, type Kind } from '../../policies/kinds';
import { readDocuments } from './documents';
import { findFiles, STDIN } from './files';
import { below, objectsOf } from './objects';
import { readText, type TextResult } from './text';

/** What standard input is called in findings and problems. */
export const STDIN_NAME = 'stdin';

/** Reads objects from files and counts what it meets. Never throws: what cannot be read is a problem. */
export class Reader {
  /** What could not be read. */
  public readonly problems: Problem[] = [];
  /** Files that were opened. */
  public files = 0;
  /** Kubernetes objects that were found, of all kinds. */
  public objects = 0;
  /** How many objects there were of each kind that no control judges, by `apiVersion/kind`. */
  public readonly notJudged = new Map<string, number>();
  private readonly judged: ReadonlySet<string> | 'all';

  /** @param judged the kinds that controls judge, objects of others are only counted; or `all` kinds */
  public constructor(judged: Iterable<Kind> | 'all') {
    this.judged =
      judged === 'all' ? 'all' : new Set([...judged].map(({ apiGroup, kind }) => `${apiGroup}/${kind}`));
  }

  /**
   * The objects of judged kinds in files and folders, one after the other, each read when it is asked for.
   *
   * @param paths files, folders, or `-`
   * @param stdin what `-` stands for
   */
  public *read(paths: readonly string[], stdin?: TextResult): Generator<CheckedObject> {
    const { files, problems } = findFiles(paths);
    this.problems.push(...problems);
    for (const file of files) {
      const content = file === STDIN ? stdin! : readText(file);
      this.files++;
      if ('problem' in content) this.problems.push(content.problem);
      else yield* this.objectsOfText(file === STDIN ? STDIN_NAME : file, content.text);
    }
  }

  /** The objects of judged kinds in a text. */
  public *objectsOfText(source: string, text: string): Generator<CheckedObject> {
    const documents = readDocuments(source, text, (problem) => this.problems.push(problem));
    for (const { value, lineOf } of documents) {
      for (const found of objectsOf(value)) {
        if ('reason' in found) {
          this.problems.push({
            code: 'check/not-an-object',
            where: `${source}:${lineOf(found.path)}`,
            message: found.reason,
            fix: 'Correct it, or keep it out of what is checked.',
          });
        } else if (this.counts(found.manifest)) {
          const { manifest, path } = found;
          yield { manifest, source, lineOf: (field) => lineOf(below(path, field)) };
        }
      }
    }
  }

  /** Counts an object; returns whether controls judge its kind. */
  public counts(manifest: CheckedObject['manifest']): boolean {
    this.objects++;
    if (this.judged === 'all' || this.judged.has(`${apiGroupOf(manifest)}/${manifest.kind}`)) return true;
    const kind = `${manifest.apiVersion}/${manifest.kind}`;
    this.notJudged.set(kind, (this.notJudged.get(kind) ?? 0) + 1);
    return false;
  }
}

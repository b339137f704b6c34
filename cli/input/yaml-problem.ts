/** A document that cannot be read. */
export class YamlProblem extends Error {
  /**
   * @param reason what is wrong, a sentence
   * @param offset where in the text it is, from 0
   * @param fix what to do about it, a sentence
   */
  public constructor(
    public readonly reason: string,
    public readonly offset: number,
    public readonly fix: string,
  ) {
    super(reason);
  }
}

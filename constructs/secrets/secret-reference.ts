/**
 * Stands where a secret value belongs in a rendered document. The value is filled in by whoever writes the file, with
 * mode 0600; a document that still holds references may be printed. Source: NET-6.
 */
export class SecretReference {
  public constructor(
    /** Name of the secret, for example `encryption/key-1f2e`. */
    public readonly id: string,
  ) {}

  /** What a reviewed document shows in place of the value. */
  public toJSON(): string {
    return `<secret ${this.id}>`;
  }
}

/**
 * A copy of the document in which `value` has replaced every reference. The result is secret.
 * @throws whatever `value` throws for an id it does not know
 */
export function fillSecrets(document: unknown, value: (id: string) => string): unknown {
  if (document instanceof SecretReference) return value(document.id);
  if (Array.isArray(document)) return document.map((item) => fillSecrets(item, value));
  if (typeof document === 'object' && document !== null) {
    return Object.fromEntries(Object.entries(document).map(([key, item]) => [key, fillSecrets(item, value)]));
  }
  return document;
}

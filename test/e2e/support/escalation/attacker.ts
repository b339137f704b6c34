import type { Answer, Credentials } from '../wire';
import { ask } from '../wire';

/** A step of an attacker was not let through. */
export class Refused extends Error {
  public constructor(
    public readonly step: string,
    public readonly status: number,
    public readonly answer: string,
  ) {
    super(`${step}: ${status} ${answer.slice(0, 300)}`);
  }

  /** Whether it was the authorizer that refused, and not admission, validation or a missing object. */
  public get byAuthorization(): boolean {
    return (
      this.status === 403 &&
      /cannot|attempting to grant|not permitted to|Forbidden \(user=/.test(this.answer) &&
      !/PodSecurity|AdmissionPolicy|denied the request/.test(this.answer)
    );
  }
}

/** Who attacks: credentials, and all that was made with them. */
export class Attacker {
  /**
   * @param id a name that nobody else has, for what it makes
   * @param user its name to the API server
   * @param roles the ClusterRole and the Role that give it its rights, by which it could give itself more
   * @param made paths of objects that it made, oldest first
   */
  public constructor(
    public readonly id: string,
    public readonly user: string,
    private readonly port: number,
    public readonly credentials: Credentials,
    public readonly roles: { readonly cluster?: string; readonly namespaced?: string } = {},
    private readonly headers: Readonly<Record<string, string | readonly string[]>> = {},
    public readonly made: string[] = [],
  ) {}

  /** The subject of a binding that means it. */
  public get subject(): object {
    return { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: this.user };
  }

  /** The same attacker with a token that it got hold of. */
  public bearing(token: string): Attacker {
    return this.with({ ca: this.credentials.ca }, { authorization: `Bearer ${token}` });
  }

  /** The same attacker with other credentials that it got hold of. */
  public with(credentials: Credentials, headers: typeof this.headers = {}): Attacker {
    return new Attacker(this.id, this.user, this.port, credentials, this.roles, headers, this.made);
  }

  /** The same attacker that speaks in the name of another. */
  public impersonating(user: string, ...groups: string[]): Attacker {
    return this.with(this.credentials, { 'impersonate-user': user, 'impersonate-group': groups });
  }

  public async send(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    const answer = await ask(this.port, path, this.credentials, {
      ...{ method, body },
      headers: { ...this.headers, ...headers },
    });
    if (method === 'POST' && answer.status === 201) this.remember(path, answer.body);
    return answer;
  }

  /**
   * A step that must succeed.
   *
   * @throws Refused where it does not
   */
  public async must<T>(method: string, path: string, body?: unknown, headers = {}): Promise<T> {
    const answer = await this.send(method, path, body, headers);
    if (answer.status > 299) throw new Refused(`${method} ${path}`, answer.status, answer.body);
    return JSON.parse(answer.body) as T;
  }

  /** A merge patch that must succeed. */
  public async patch<T>(path: string, body: unknown, type = 'application/merge-patch+json'): Promise<T> {
    return this.must<T>('PATCH', path, body, { 'content-type': type });
  }

  private remember(path: string, body: string): void {
    const { metadata } = JSON.parse(body) as { metadata?: { name?: string } };
    if (metadata?.name !== undefined && !path.includes(`/${metadata.name}/`))
      this.made.push(`${path}/${encodeURIComponent(metadata.name)}`);
  }
}

import { DEFAULT_REGISTRY, formatImageReference, type ImageReference } from '../../model';
import { digestOf, MAX_BYTES, unreadable, type DocumentKind, type ImageSource } from '../source';
import { parseChallenge, type Challenge } from './challenge';
import { accountFor, type Account } from './credentials';
import { get, isLoopback, RequestFailed, type Answer } from './request';

/** How registries are reached. */
export interface RegistryOptions {
  /** Where the Docker configuration is looked for. */
  readonly env: NodeJS.ProcessEnv;
  /** Certificates that are trusted, in PEM. @default - those of Node */
  readonly ca?: readonly string[];
  /** Ask registries on this machine without TLS. @default false */
  readonly plainHttp?: boolean;
  readonly signal?: AbortSignal;
}

/** The host that answers for the default registry. */
const DEFAULT_HOST = 'registry-1.docker.io';

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const MAX_TOKEN_ANSWER = 1024 * 1024;

/** An image in a registry, by the OCI distribution API. */
export class RegistrySource implements ImageSource {
  public readonly name: string;
  private readonly base: string;
  private readonly byDigest = new Map<string, Buffer>();
  private account: Account | undefined;
  private authorization: string | undefined;

  public constructor(
    private readonly reference: ImageReference,
    private readonly options: RegistryOptions,
  ) {
    this.name = formatImageReference(reference);
    const { registry, repository } = reference;
    const host = registry === DEFAULT_REGISTRY ? DEFAULT_HOST : registry;
    const isPlain = options.plainHttp === true && isLoopback(new URL(`http://${host}`));
    this.base = `${isPlain ? 'http' : 'https'}://${host}/v2/${repository}`;
  }

  /** Asks what a tag stands for; nothing is asked about a digest. */
  public async resolve(): Promise<string> {
    const { digest, tag } = this.reference;
    if (digest !== undefined) return digest;
    if (tag === undefined) throw unreadable(this.name, 'It has neither tag nor digest.', 'Write NAME:TAG.');
    const answer = await this.ask(`manifests/${tag}`, 'manifest');
    if (answer.status === 404)
      throw unreadable(this.name, 'The registry has no such image.', 'Check the name and the tag.');
    const actual = digestOf(answer.body);
    const stated = answer.headers['docker-content-digest'];
    if (stated !== undefined && stated !== actual)
      throw unreadable(
        this.name,
        `The registry says ${String(stated).slice(0, 80)} and sends ${actual}.`,
        'Do not use the image before you know who changed it.',
      );
    this.byDigest.set(actual, answer.body);
    return actual;
  }

  public async fetch(digest: string, kind: DocumentKind): Promise<Buffer | undefined> {
    const known = this.byDigest.get(digest);
    if (known !== undefined) return known;
    const answer = await this.ask(`${kind === 'manifest' ? 'manifests' : 'blobs'}/${digest}`, kind);
    return answer.status === 404 ? undefined : answer.body;
  }

  private async ask(path: string, kind: DocumentKind): Promise<Answer> {
    const url = new URL(`${this.base}/${path}`);
    let answer = await this.send(url, kind);
    // What another server asks for, to which the registry redirects, gets no account.
    if (answer.status === 401 && answer.origin === url.origin && (await this.authorize(answer)))
      answer = await this.send(url, kind);
    if (answer.status === 200 || answer.status === 404) return answer;
    throw this.refused(url.host, answer.status);
  }

  private send(url: URL, kind: DocumentKind): Promise<Answer> {
    return this.get(url, MAX_BYTES[kind], {
      ...(kind === 'manifest' ? { accept: MANIFEST_TYPES } : {}),
      ...(this.authorization === undefined ? {} : { authorization: this.authorization }),
    });
  }

  private async get(url: URL, limit: number, headers: Readonly<Record<string, string>>): Promise<Answer> {
    try {
      const { ca, signal } = this.options;
      return await get({
        url,
        limit,
        headers: { 'user-agent': 'keelson', ...headers },
        ...(ca === undefined ? {} : { ca }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      throw unreadable(
        this.name,
        `${error.message}.`,
        'Check the name of the registry, the network, and with --ca-file whose certificates are trusted.',
        error,
      );
    }
  }

  /** Gets what the registry asks for. False where there is nothing to try that was not tried. */
  private async authorize(answer: Answer): Promise<boolean> {
    const challenge = parseChallenge(answer.headers['www-authenticate']);
    this.account ??= await accountFor(this.reference.registry, this.options.env);
    const before = this.authorization;
    if (challenge?.scheme === 'basic') this.authorization = this.account.authorization;
    if (challenge?.scheme === 'bearer') this.authorization = await this.token(challenge, this.account);
    return this.authorization !== undefined && this.authorization !== before;
  }

  /** A token to pull this repository, and nothing else whatever the registry proposes. */
  private async token(
    { realm, service }: Extract<Challenge, { scheme: 'bearer' }>,
    { authorization }: Account,
  ): Promise<string | undefined> {
    const url = new URL(realm);
    const mayBePlain = this.base.startsWith('http:') && isLoopback(url);
    if (url.protocol !== 'https:' && !mayBePlain)
      throw unreadable(
        this.name,
        `The registry sends to ${url.host} for a token, without TLS.`,
        'Nothing was sent there; use a registry that is set up safely.',
      );
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${this.reference.repository}:pull`);
    const answer = await this.get(
      url,
      MAX_TOKEN_ANSWER,
      authorization === undefined ? {} : { authorization },
    );
    if (answer.status !== 200) throw this.refused(url.host, answer.status);
    const token = tokenOf(answer.body);
    if (token === undefined)
      throw unreadable(this.name, `${url.host} gives no token.`, 'Use a registry that is set up right.');
    return `Bearer ${token}`;
  }

  private refused(host: string, status: number): Error {
    const note = this.account?.note === undefined ? '' : ` (${this.account.note})`;
    const isAccess = status === 401 || status === 403;
    return unreadable(
      this.name,
      `${host} answers with status ${status}${note}.`,
      isAccess
        ? 'Log in with `docker login` for an account that may pull it, and check the name.'
        : status === 429
          ? 'Wait, or log in: the registry counts requests.'
          : 'Try again later, or ask who runs the registry.',
    );
  }
}

/** A token that can stand in a header. */
function tokenOf(body: Buffer): string | undefined {
  try {
    const { token, access_token: other } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    return [token, other].find(
      (value): value is string => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value),
    );
  } catch {
    return undefined;
  }
}

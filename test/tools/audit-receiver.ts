import { serveLoopback, type LoopbackServer } from './loopback-server';

/** One event of the audit log, as far as tests look. */
export interface AuditEvent {
  readonly auditID: string;
  readonly level: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly impersonatedUser?: { readonly username: string };
  readonly objectRef?: Readonly<Record<string, string>>;
  readonly responseStatus?: { readonly code?: number };
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
}

/** A service that audit events are sent to: it takes them from who shows the token. */
export class AuditReceiver {
  /** What has come, in that order. */
  public readonly events: AuditEvent[] = [];
  /** How many requests came without the token. */
  public strangers = 0;
  private server?: LoopbackServer;

  public static async start(token: string): Promise<AuditReceiver> {
    const receiver = new AuditReceiver();
    receiver.server = await serveLoopback((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const known = request.headers.authorization === `Bearer ${token}`;
        if (known) receiver.take(Buffer.concat(chunks).toString());
        else receiver.strangers++;
        answer.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
      });
    });
    return receiver;
  }

  public get url(): string {
    return `${this.server!.url}/audit`;
  }

  public get ca(): string {
    return this.server!.ca;
  }

  public async close(): Promise<void> {
    await this.server!.close();
  }

  private take(text: string): void {
    this.events.push(...(JSON.parse(text) as { items: AuditEvent[] }).items);
  }
}

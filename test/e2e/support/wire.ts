import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { connect, type ConnectionOptions } from 'node:tls';
import { parse } from 'yaml';

/** Who to be on a connection, and whom to trust; all PEM. */
export interface Credentials {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Whose pages may read it: the CORS header. */
  readonly allowedOrigin?: string;
}

/** One request to 127.0.0.1 on a connection of its own; rejects when the connection is refused. */
export async function ask(
  port: number,
  path: string,
  credentials: Credentials,
  options: RequestOptions & { readonly body?: unknown } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, headers, ...rest } = options;
    const call = request({
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      timeout: 10_000,
      ...credentials,
      ...rest,
      headers: { 'content-type': 'application/json', ...headers },
    });
    call.on('response', (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      const allowedOrigin = answer.headers['access-control-allow-origin'];
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text, allowedOrigin }));
      answer.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Status of a request without TLS, or `refused`. */
export async function askPlain(port: number, path: string): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    const call = plainRequest({ host: '127.0.0.1', port, path, agent: false, timeout: 5_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve('refused'));
    call.end();
  });
}

/** The TLS version and suite that a port agrees to, or `refused`. */
export async function negotiate(port: number, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...options });
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('secureConnect', () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().standardName}`);
      socket.destroy();
    });
    socket.on('error', () => resolve('refused'));
    socket.on('close', () => resolve('refused'));
  });
}

/** The credentials in a kubeconfig. */
export function kubeconfigCredentials(path: string): Required<Credentials> {
  const config = parse(readFileSync(path, 'utf8')) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const plain = (base64 = ''): string => Buffer.from(base64, 'base64').toString();
  return {
    ca: plain(config.clusters[0]?.cluster['certificate-authority-data']),
    cert: plain(config.users[0]?.user['client-certificate-data']),
    key: plain(config.users[0]?.user['client-key-data']),
  };
}

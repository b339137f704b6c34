import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import { KeelsonError } from '../../model';

/** How to reach an API server, and as whom. Holds credentials: never print it. */
export interface ClusterAccess {
  /** For example `https://127.0.0.1:6443`. */
  readonly server: string;
  /** PEM of the CA that signs the server's certificate; the system's CAs where absent. */
  readonly ca?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
}

const NAMED = { name: z.string() };
const FILE = z.object({
  'current-context': z.string().optional(),
  contexts: z.array(z.object({ ...NAMED, context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(
    z.object({
      ...NAMED,
      cluster: z.object({
        server: z.url(),
        'certificate-authority': z.string().optional(),
        'certificate-authority-data': z.string().optional(),
        'insecure-skip-tls-verify': z.boolean().optional(),
      }),
    }),
  ),
  users: z.array(
    z.object({
      ...NAMED,
      user: z.object({
        'client-certificate': z.string().optional(),
        'client-certificate-data': z.string().optional(),
        'client-key': z.string().optional(),
        'client-key-data': z.string().optional(),
        token: z.string().optional(),
        tokenFile: z.string().optional(),
        exec: z
          .object({
            apiVersion: z.string(),
            command: z.string(),
            args: z.array(z.string()).nullish(),
            env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
          })
          .optional(),
      }),
    }),
  ),
});

/**
 * Reads a kubeconfig: certificates, tokens and credential plugins (`exec`). A cluster whose certificate is not verified
 * is refused.
 *
 * @param path the file
 * @param context which context; the current one where left out
 * @throws KeelsonError (`kubeconfig/invalid`) naming the file and what is wrong in it; never its content
 */
export function readKubeconfig(path: string, context?: string): ClusterAccess {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(path, `The kubeconfig cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  return parseKubeconfig(text, path, context);
}

/**
 * Reads the text of a kubeconfig.
 *
 * @param content the text
 * @param path what it is called in messages; files that it names are looked for beside it
 * @param context which context; the current one where left out
 * @throws KeelsonError (`kubeconfig/invalid`) saying what is wrong in it; never its content
 */
export function parseKubeconfig(content: string, path: string, context?: string): ClusterAccess {
  const file = parse(content, path);
  const contextName = context ?? file['current-context'] ?? '';
  const chosen = file.contexts.find(({ name }) => name === contextName)?.context;
  if (chosen === undefined) {
    const known = file.contexts.map(({ name }) => name).join(', ') || 'none';
    throw invalid(path, `There is no context "${contextName}" (there are: ${known}).`);
  }
  const cluster = file.clusters.find(({ name }) => name === chosen.cluster)?.cluster;
  const user = file.users.find(({ name }) => name === chosen.user)?.user;
  if (cluster === undefined || user === undefined) {
    throw invalid(path, `The context "${contextName}" names a cluster or user that the file does not have.`);
  }
  if (cluster['insecure-skip-tls-verify'] === true) {
    throw invalid(
      path,
      'The cluster is set to insecure-skip-tls-verify.',
      'Put its CA in certificate-authority-data.',
    );
  }
  const text = (inline: string | undefined, reference: string | undefined): string | undefined =>
    inline !== undefined ? Buffer.from(inline, 'base64').toString() : reference && beside(path, reference);
  return {
    server: cluster.server,
    ca: text(cluster['certificate-authority-data'], cluster['certificate-authority']),
    clientCertificate: text(user['client-certificate-data'], user['client-certificate']),
    clientKey: text(user['client-key-data'], user['client-key']),
    token: user.token ?? (user.tokenFile && beside(path, user.tokenFile).trim()),
    ...(user.exec === undefined ? {} : pluginCredentials(path, user.exec)),
  };
}

function parse(content: string, path: string): z.infer<typeof FILE> {
  let document: unknown;
  try {
    document = load(content);
  } catch {
    throw invalid(path, 'The kubeconfig cannot be read (it is no YAML).');
  }
  const result = FILE.safeParse(document);
  if (!result.success) {
    const places = result.error.issues.map((issue) => issue.path.join('.') || 'the file').join(', ');
    throw invalid(path, `This is no kubeconfig: look at ${places}.`);
  }
  return result.data;
}

/** Runs a credential plugin as the Kubernetes clients do (client.authentication.k8s.io ExecCredential). */
function pluginCredentials(
  path: string,
  plugin: NonNullable<z.infer<typeof FILE>['users'][number]['user']['exec']>,
): Partial<ClusterAccess> {
  const request = { apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const env = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  try {
    const output = execFileSync(plugin.command, plugin.args ?? [], {
      env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(request) },
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const status = (JSON.parse(output.toString()) as { status?: Record<string, string> }).status ?? {};
    return {
      token: status.token,
      clientCertificate: status.clientCertificateData,
      clientKey: status.clientKeyData,
    };
  } catch {
    throw invalid(path, `The credential plugin "${plugin.command}" failed.`, 'Run it by hand to see why.');
  }
}

function beside(kubeconfig: string, reference: string): string {
  const file = resolve(dirname(kubeconfig), reference);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(
      kubeconfig,
      `It names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

function invalid(
  where: string,
  message: string,
  fix = 'Give a kubeconfig that kubectl accepts, with --kubeconfig, the stack setting or KUBECONFIG.',
): KeelsonError {
  return new KeelsonError({ code: 'kubeconfig/invalid', where, message, fix });
}

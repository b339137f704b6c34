import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { KeelsonError } from '../model';
import { REFERENCE_DEFAULTS, type ReferenceInputs } from './reference/inputs';

/** The settings of the reference program, once validated. */
export interface StackSettings {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  /** Its context; the current one where absent. */
  readonly context?: string;
  /** Whether to wait until workloads are ready. */
  readonly waitForReady: boolean;
  readonly reference: ReferenceInputs;
}

const image = z
  .string()
  .regex(/@sha256:[0-9a-f]{64}$/, 'must name an image with its digest, as registry/name:tag@sha256:…');

const SETTINGS = {
  kubeconfig: { schema: z.string(), kind: 'text' },
  context: { schema: z.string(), kind: 'text' },
  waitForReady: { schema: z.boolean({ error: 'must be true or false' }), kind: 'json' },
  replicas: {
    schema: z.int({ error: 'must be a whole number from 1 to 100' }).min(1).max(100),
    kind: 'json',
  },
  webImage: { schema: image, kind: 'text' },
  apiImage: { schema: image, kind: 'text' },
  databaseImage: { schema: image, kind: 'text' },
} as const;

type SettingName = keyof typeof SETTINGS;

/**
 * Validates the stack's configuration. Everything has a default but the secret, which Pulumi itself keeps.
 *
 * @param get looks a setting up in the stack's configuration; an empty text counts as not set
 * @param env the environment, for the usual place of the kubeconfig
 * @throws KeelsonError (`config/invalid`) with one sentence for each setting that is wrong
 */
export function readSettings(
  get: (name: string) => string | undefined,
  env: NodeJS.ProcessEnv,
): StackSettings {
  const values: Partial<Record<SettingName, unknown>> = {};
  const problems = (Object.keys(SETTINGS) as SettingName[]).flatMap((name) => {
    const text = get(name);
    if (text === undefined || text === '') return [];
    const result = SETTINGS[name].schema.safeParse(SETTINGS[name].kind === 'json' ? parseJson(text) : text);
    values[name] = result.data;
    return result.success
      ? []
      : [
          {
            code: 'config/invalid' as const,
            where: `keelson:${name}`,
            message: `The value "${text}" ${sentence(result.error.issues[0]!.message)}.`,
            fix: `Set it with: pulumi config set keelson:${name} VALUE`,
          },
        ];
  });
  if (problems.length > 0) throw new KeelsonError(problems);
  const images = REFERENCE_DEFAULTS.images;
  return {
    kubeconfig: (values.kubeconfig as string | undefined) ?? defaultKubeconfig(env),
    context: values.context as string | undefined,
    waitForReady: (values.waitForReady as boolean | undefined) ?? true,
    reference: {
      replicas: (values.replicas as number | undefined) ?? REFERENCE_DEFAULTS.replicas,
      images: {
        web: (values.webImage as string | undefined) ?? images.web,
        api: (values.apiImage as string | undefined) ?? images.api,
        database: (values.databaseImage as string | undefined) ?? images.database,
      },
    },
  };
}

/** The first file of KUBECONFIG, or the one in the home folder, as kubectl does. */
function defaultKubeconfig(env: NodeJS.ProcessEnv): string {
  const first = (env.KUBECONFIG ?? '').split(delimiter)[0];
  return first === undefined || first === '' ? join(homedir(), '.kube', 'config') : first;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function sentence(message: string): string {
  return message.startsWith('must') ? message : 'must be a whole number from 1 to 100';
}

import type { ControlPlaneProps } from '../../../constructs/control-plane';
import { KeelsonError } from '../../../model';
import { sample } from './sample';

/** Each problem of a control plane with these properties, as place and message; what the compiler would say is not asked. */
export function problemsWith(props: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    sample(props as Partial<ControlPlaneProps>);
    return [];
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error;
    return error.problems.map(({ where, message }) => `${where.replace('kube-apiserver, ', '')}: ${message}`);
  }
}

/** Values of a flag of the API server, in their order. */
export function flags(props: Partial<ControlPlaneProps>, name: string): readonly string[] {
  return sample(props)
    .apiServer.settings.filter((setting) => setting.name === name)
    .map(({ value }) => value);
}

/** Content of a file of the API server, by its name. */
export function fileOf(props: Partial<ControlPlaneProps>, name: string): Record<string, unknown> | undefined {
  const file = sample(props).apiServer.files.find(({ path }) => path.endsWith(`/${name}`));
  return file?.content as Record<string, unknown> | undefined;
}

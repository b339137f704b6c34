import type { IConstruct } from 'constructs';
import {
  factsOf,
  settingValue,
  userOf,
  type IdRange,
  type ImageUser,
  type PostureSettings,
} from '../../model';
import { KeelsonApp } from '../app';
import type { ContainerOptions } from './container-options';

/** The user and group of a container. */
export interface Identity {
  readonly user: number;
  readonly group: number;
}

/** The user that an image names by number, where the app knows it; undefined for root and for a name. */
export function imageUserOf(scope: IConstruct, image: ContainerOptions['image']): ImageUser | undefined {
  const { root } = scope.node;
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(String(settingValue(image)))?.[1];
  const lock = root instanceof KeelsonApp ? root.images : undefined;
  const facts = lock === undefined || digest === undefined ? undefined : factsOf(lock, digest);
  return facts === undefined ? undefined : userOf(facts);
}

/** Who a container runs as: who its workload says, else who its image says, else who the posture says. */
export function identityOf(
  options: ContainerOptions,
  posture: PostureSettings,
  image: ImageUser | undefined,
): Identity {
  const own = options.user === undefined && image !== undefined && isIn(image.uid, posture.users);
  const user = own ? image.uid : settingValue<number>(options.user ?? posture.user);
  const group = own && image.gid !== 0 ? image.gid : undefined;
  return { user, group: settingValue<number>(options.group ?? group ?? user) };
}

/** Whether an id is in a range. */
export function isIn(id: number, { lowest, highest }: IdRange): boolean {
  return id >= lowest && id <= highest;
}

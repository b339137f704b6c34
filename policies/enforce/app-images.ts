import type { IConstruct } from 'constructs';
import { KeelsonApp } from '../../constructs';
import type { ImageLock } from '../../model';

/** What is known of the images of an app; undefined for a stock cdk8s app. */
export function imagesOf(root: IConstruct): ImageLock | undefined {
  return root instanceof KeelsonApp ? root.images : undefined;
}

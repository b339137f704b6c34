import type { App } from 'cdk8s';
import { KeelsonApp } from '../../constructs';
import type { ImageLock } from '../../model';

/** What is known of the images of an app; undefined for a stock cdk8s app. */
export function imagesOf(app: App): ImageLock | undefined {
  return app instanceof KeelsonApp ? app.images : undefined;
}

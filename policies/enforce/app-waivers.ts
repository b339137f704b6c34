import type { App } from 'cdk8s';
import { KeelsonApp } from '../../constructs';
import type { Waiver } from '../../model';

/** The waivers of an app; none for a stock cdk8s app. */
export function waiversOf(app: App): readonly Waiver[] {
  return app instanceof KeelsonApp ? app.waivers : [];
}

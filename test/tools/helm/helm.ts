import { buildGo } from '../go-build';

/** Builds Helm, and returns where it is. */
export function helm(): string {
  return buildGo(__dirname, 'test-helm', 'helm.sh/helm/v3/cmd/helm');
}

import { execFileSync } from 'node:child_process';

/** The folder of a release of Kubernetes in Go's cache; `go` checks what it downloads against the checksum database. */
export function kubernetesModule(release: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', `k8s.io/kubernetes@v${release}`], {
    encoding: 'utf8',
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

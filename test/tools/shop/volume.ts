import type { Manifest } from '../../../constructs';

/** A volume of a test: on one node, so that a pod that comes back finds what it wrote. */
export interface TestVolume {
  readonly name: string;
  /** The name of the node that has it. */
  readonly node: string;
  /** Where it is there. The folder has to exist, and be its user's. @default `/mnt/NAME` */
  readonly path?: string;
  /** @default 1Gi */
  readonly size?: string;
  /** The class that claims ask for. @default `test-local` */
  readonly storageClass?: string;
}

/**
 * A local volume FOR TESTS, for a cluster without a storage driver. It stands below `/mnt`, where local volumes may, and so needs no
 * waiver; its claim has to ask for its class.
 */
export function localVolume({ name, node, path, size, storageClass }: TestVolume): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      storageClassName: storageClass ?? 'test-local',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: size ?? '1Gi' },
      persistentVolumeReclaimPolicy: 'Retain',
      local: { path: path ?? `/mnt/${name}` },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          ],
        },
      },
    },
  };
}

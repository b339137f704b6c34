import { z } from 'zod';
import type { ServingRequest } from '../../pki';

const OBJECT = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    request: z.string(),
    signerName: z.string(),
    usages: z.array(z.string()).default([]),
    username: z.string().default(''),
    groups: z.array(z.string()).default([]),
  }),
  status: z
    .looseObject({
      conditions: z.array(z.looseObject({ type: z.string() })).default([]),
      certificate: z.string().optional(),
    })
    .default({ conditions: [] }),
});

/** A condition of a CertificateSigningRequest. */
export interface Condition {
  readonly type: 'Approved' | 'Denied';
  readonly status: 'True';
  readonly reason: string;
  readonly message: string;
}

/** A CertificateSigningRequest object. */
export interface SigningRequest extends ServingRequest {
  readonly name: string;
  /** Whether somebody has approved or denied it. */
  readonly decided: boolean;
  /** The object with a condition more: of the version that was judged, so that nothing else is approved. */
  withCondition(condition: Condition): unknown;
}

/** Reads an object; undefined where it is no CertificateSigningRequest. */
export function readSigningRequest(object: unknown): SigningRequest | undefined {
  const read = OBJECT.safeParse(object);
  if (!read.success) return undefined;
  const { metadata, spec, status } = read.data;
  const { signerName, username, groups, usages } = spec;
  return {
    ...{ name: metadata.name, signerName, username, groups, usages },
    pem: Buffer.from(spec.request, 'base64').toString('latin1'),
    decided: status.conditions.length > 0 || status.certificate !== undefined,
    withCondition: (condition) => ({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      ...read.data,
      status: { ...status, conditions: [...status.conditions, condition] },
    }),
  };
}

import type { PassedOn } from '../../constructs';

/** What the reference stack can be told. */
export interface ReferenceInputs {
  /** The images of the three tiers, each with its digest. */
  readonly images: {
    readonly web: PassedOn<string>;
    readonly api: PassedOn<string>;
    readonly database: PassedOn<string>;
  };
  /** How many pods of web and api. */
  readonly replicas: number;
}

/** The stack as it is synthesized for review. The images are examples: give your own before you run them. */
export const REFERENCE_DEFAULTS: ReferenceInputs = {
  images: {
    web: 'registry.example/shop/web:1.4.2@sha256:5f1f0f6d3ac1a1c0f9a6e9f04a9b0ad4f6c1e2a6f4c87d7a3d3c9f1f6b1d2e31',
    api: 'registry.example/shop/api:2.0.1@sha256:8c2a7bb1d4f25d2d6e1f0b9d7e3c4a5f60718293a4b5c6d7e8f9012345678abc',
    database:
      'registry.example/shop/database:17.2@sha256:b7d2c1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2',
  },
  replicas: 2,
};

/** The Secret that the deployment supplies, by `namespace/name`, and its key. */
export const DATABASE_SECRET = { name: 'shop/database-credentials', key: 'password' } as const;

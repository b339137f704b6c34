import type { z } from 'zod';

/** zod, loaded when it is first asked for: that takes 40 ms, and most programs check no settings. */
export function zod(): typeof z {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() is slow, and jest cannot follow it
  return (require('zod') as { readonly z: typeof z }).z;
}

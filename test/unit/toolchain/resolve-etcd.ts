import { resolveTools } from '../../../toolchain';

/** A process of its own for build.test.ts: resolves etcd in the environment that it is given. */
void resolveTools(['etcd']);

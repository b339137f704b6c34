const hooks = new Set<() => void>();

function runAll(): void {
  for (const hook of hooks) hook();
}

/**
 * Calls `hook` should this process exit before the returned function is called. The hook must not wait for anything.
 */
export function onExit(hook: () => void): () => void {
  if (hooks.size === 0) process.once('exit', runAll);
  hooks.add(hook);
  return () => {
    hooks.delete(hook);
    if (hooks.size === 0) process.removeListener('exit', runAll);
  };
}

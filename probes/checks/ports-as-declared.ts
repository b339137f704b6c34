import { listenersOf } from '../client/sockets';
import { defineProbe, resultOf, unavailable } from '../probe';

export default defineProbe({
  id: 'ports-as-declared',
  recommendations: ['ARCH-1'],
  claim: 'Each process of the control plane listens where it is declared to, and nowhere else.',
  open: 'kubelet and kube-proxy are not looked at, where there is no node',
  run: ({ host }) => {
    const processes = host?.processes ?? [];
    if (processes.length === 0)
      return Promise.resolve(unavailable('the processes of the control plane are not known'));
    return Promise.resolve(
      resultOf(
        processes.map(({ name, pid, listeners }) => {
          const found = [...listenersOf(pid)].sort();
          const declared = [...listeners].sort();
          return {
            attempt: `${name}: look at the sockets of its process`,
            seen: `${found.join(', ') || 'none'}; declared: ${declared.join(', ')}`,
            ok: found.join() === declared.join(),
          };
        }),
      ),
    );
  },
});

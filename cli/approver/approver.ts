import { oneLine } from '../../model/one-line';
import {
  judgeServingRequest,
  KUBELET_SERVING_SIGNER,
  requestingNode,
  type DeclaredMachine,
  type ServingNode,
  type ServingVerdict,
} from '../../pki';
import { readSigningRequest, type SigningRequest } from './signing-request';
import { watchObjects, type WatchApi } from './watch';

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';

/** Settings of {@link approveServingCertificates}. */
export interface ApproverOptions {
  readonly api: WatchApi;
  /** Every machine of the cluster; a node that is not among them gets no certificate. */
  readonly machines: readonly DeclaredMachine[];
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Is told each decision and each failure, in one line. */
  readonly report: (line: string) => void;
  /**
   * After how many seconds requests that were left are looked at again.
   * @default 30
   */
  readonly seconds?: number;
  /**
   * Bounds of the time to wait after a failure, in ms.
   * @default [1000, 60000]
   */
  readonly backoff?: readonly [number, number];
}

/**
 * Approves what kubelets ask to serve with, or denies it, until the signal ends it. It keeps nothing: started again, it finds
 * what is still pending. Source: NET-4.
 */
export async function approveServingCertificates(options: ApproverOptions): Promise<void> {
  const { api, signal, report, seconds = 30, backoff = [1000, 60_000] } = options;
  /** The requests that were left, each with why. */
  const left = new Map<string, string>();
  const look = async (request: SigningRequest): Promise<void> => {
    const { name } = request;
    const verdict = await settle(options, request).catch((error: unknown): ServingVerdict => ({
      decision: 'leave',
      reason: 'Failed',
      message: error instanceof Error ? error.message : String(error),
    }));
    // What is said once need not be said every half minute.
    if (verdict.decision !== 'leave' || left.get(name) !== verdict.message)
      report(oneLine(`${WORDS[verdict.decision]} ${name} of ${request.username}: ${verdict.message}`));
    if (verdict.decision === 'leave') left.set(name, verdict.message);
    else left.delete(name);
  };
  const first = async (object: unknown): Promise<void> => {
    const request = readSigningRequest(object);
    if (request?.decided === true) left.delete(request.name);
    else if (request !== undefined) await look(request);
  };
  const again = async (name: string): Promise<void> => {
    const answer = await api.send({ path: pathOf(name) }).catch(() => undefined);
    if (answer?.status === 404) left.delete(name);
    else if (answer?.status === 200) await first(answer.json());
  };
  const watch = { api, collection: REQUESTS, fieldSelector: `spec.signerName=${KUBELET_SERVING_SIGNER}` };
  const onFailure = (message: string): void => report(oneLine(`waiting: ${message}`));
  for await (const object of watchObjects({ ...watch, seconds, backoff, signal, onFailure })) {
    if (object === undefined) {
      for (const name of [...left.keys()]) {
        if (signal.aborted) return;
        await again(name);
      }
    } else await first(object);
  }
}

const WORDS = { approve: 'approved', deny: 'denied', leave: 'left' } as const;

/** Judges a request, and writes down what was decided. */
async function settle({ api, machines }: ApproverOptions, request: SigningRequest): Promise<ServingVerdict> {
  const verdict = await judgeServingRequest(request, await nodeOf(api, request), machines);
  if (verdict.decision === 'leave') return verdict;
  const approved = verdict.decision === 'approve';
  const { status } = await api.send({
    method: 'PUT',
    path: `${pathOf(request.name)}/approval`,
    body: request.withCondition({
      type: approved ? 'Approved' : 'Denied',
      status: 'True',
      reason: approved ? 'NodeAndAddressesVerified' : verdict.reason,
      message: `keelson: ${verdict.message}`,
    }),
  });
  if (status === 200) return verdict;
  const why = status === 404 || status === 409 ? 'it has changed meanwhile' : `the answer was ${status}`;
  return {
    decision: 'leave',
    reason: 'Failed',
    message: `It could not be ${WORDS[verdict.decision]}: ${why}.`,
  };
}

function pathOf(name: string): string {
  return `${REQUESTS}/${encodeURIComponent(name)}`;
}

async function nodeOf(api: WatchApi, request: SigningRequest): Promise<ServingNode | undefined> {
  const name = requestingNode(request);
  if (name === undefined) return undefined;
  const answer = await api.send({ path: `/api/v1/nodes/${encodeURIComponent(name)}` });
  if (answer.status === 404) return undefined;
  const node = answer.json<{ status?: { addresses?: ServingNode['addresses'] } }>();
  if (answer.status !== 200) throw new Error(`The Node ${name} was answered with ${answer.status}.`);
  return { name, addresses: node?.status?.addresses ?? [] };
}

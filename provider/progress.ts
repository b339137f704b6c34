import { credentials } from '@grpc/grpc-js';
import { EngineClient } from '@pulumi/pulumi/proto/engine_grpc_pb';
import { LogRequest, LogSeverity } from '@pulumi/pulumi/proto/engine_pb';

/** Shows, in Pulumi's own display, what is going on with a resource. Where nobody listens it does nothing. */
export class Progress {
  readonly #engine: InstanceType<typeof EngineClient> | undefined;

  /** @param address where the engine listens, as it tells every plugin */
  public constructor(address: string | undefined) {
    this.#engine =
      address === undefined ? undefined : new EngineClient(address, credentials.createInsecure());
  }

  /** @param urn the resource */
  public show(urn: string, text: string): void {
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(text);
    request.setEphemeral(true);
    this.#engine?.log(request, () => undefined);
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import * as service from '@pulumi/pulumi/proto/analyzer_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/analyzer_pb';
import { PROJECT } from './keelson';

/** The folder that `pulumi preview --policy-pack` is given. */
export const PACK = join(PROJECT, 'policies/pack');

/** Pulumi's own runner of policy packs that are written for Node.js. */
export const RUNNER = require.resolve('@pulumi/pulumi/cmd/run-policy-pack');

/** What the pack said of one resource. */
export interface Diagnostic {
  readonly policy: string;
  readonly message: string;
  readonly mandatory: boolean;
}

/** How Pulumi marks a value in what it sends to a pack. */
export const UNKNOWN_STRING = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
export const secret = (value: unknown): object => ({
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  value,
});

/** The policy pack as a process of its own, asked over its own gRPC, as the engine does. */
export class PolicyPackProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: service.AnalyzerClient,
  ) {}

  public static async start(env: NodeJS.ProcessEnv = {}, pack = PACK): Promise<PolicyPackProcess> {
    const child = spawn(process.execPath, [RUNNER, '127.0.0.1:1', '.'], {
      cwd: pack,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise<string>((done, fail) => {
      child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim()));
      child.once('exit', (code) => fail(new Error(`the pack ended with ${code}`)));
    });
    const credentials = grpc.credentials.createInsecure();
    return new PolicyPackProcess(child, new service.AnalyzerClient(`127.0.0.1:${port}`, credentials));
  }

  public async analyze(type: string, props: object): Promise<readonly Diagnostic[]> {
    const request = new messages.AnalyzeRequest();
    fill(request, type, props);
    const answer = await new Promise<messages.AnalyzeResponse>((done, fail) =>
      this.client.analyze(request, (error, response) => (error === null ? done(response) : fail(error))),
    );
    return answer.getDiagnosticsList().map(diagnostic);
  }

  public async analyzeStack(
    resources: readonly (readonly [string, object])[],
  ): Promise<readonly Diagnostic[]> {
    const request = new messages.AnalyzeStackRequest();
    request.setResourcesList(
      resources.map(([type, props]) => {
        const resource = new messages.AnalyzerResource();
        fill(resource, type, props);
        return resource;
      }),
    );
    const answer = await new Promise<messages.AnalyzeResponse>((done, fail) =>
      this.client.analyzeStack(request, (error, response) => (error === null ? done(response) : fail(error))),
    );
    return answer.getDiagnosticsList().map(diagnostic);
  }

  /** Sets the enforcement level of every policy named to `remediate`, and asks for the corrected inputs. */
  public async remediate(policies: readonly string[], type: string, props: object): Promise<unknown> {
    const config = new messages.ConfigureAnalyzerRequest();
    for (const policy of policies) {
      const level = new messages.PolicyConfig();
      level.setEnforcementlevel(messages.EnforcementLevel.REMEDIATE);
      level.setProperties(Struct.fromJavaScript({}));
      config.getPolicyconfigMap().set(policy, level);
    }
    await new Promise<void>((done, fail) =>
      this.client.configure(config, (error) => (error === null ? done() : fail(error))),
    );
    const request = new messages.AnalyzeRequest();
    fill(request, type, props);
    const answer = await new Promise<messages.RemediateResponse>((done, fail) =>
      this.client.remediate(request, (error, response) => (error === null ? done(response) : fail(error))),
    );
    return answer.getRemediationsList().pop()?.getProperties()?.toJavaScript();
  }

  public async stop(): Promise<void> {
    this.client.close();
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill();
    await ended;
  }
}

function fill(
  request: messages.AnalyzeRequest | messages.AnalyzerResource,
  type: string,
  props: object,
): void {
  request.setType(type);
  request.setName('example');
  request.setUrn(`urn:pulumi:stack::project::${type}::example`);
  request.setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as never));
  request.setOptions(new messages.AnalyzerResourceOptions());
}

function diagnostic(received: messages.AnalyzeDiagnostic): Diagnostic {
  return {
    policy: received.getPolicyname(),
    message: received.getMessage(),
    mandatory: received.getEnforcementlevel() === messages.EnforcementLevel.MANDATORY,
  };
}

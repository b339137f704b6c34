/**
 * A stand-in for Pulumi's Node.js language host (`pulumi-language-nodejs`), which comes only with the CLI's official
 * release. It does what that one does for a program: it starts `@pulumi/pulumi/cmd/run`, which is the real thing.
 */
import { spawn } from 'node:child_process';
import * as grpc from '@grpc/grpc-js';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import * as service from '@pulumi/pulumi/proto/language_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/language_pb';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';

const engine = process.argv.slice(2).find((argument) => !argument.startsWith('-'))!;

type Call = { readonly request: messages.RunRequest };
type Reply = (error: grpc.ServiceError | null, answer?: unknown) => void;

function run({ request }: Call, reply: Reply): void {
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    pwd: request.getInfo()!.getProgramDirectory(),
    'root-directory': request.getInfo()!.getRootDirectory(),
    parallel: String(request.getParallel()),
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(
    process.execPath,
    [
      require.resolve('@pulumi/pulumi/cmd/run', { paths: [request.getInfo()!.getProgramDirectory()] }),
      ...args,
      ...(request.getDryrun() ? ['--dry-run'] : []),
      request.getInfo()!.getEntryPoint(),
    ],
    {
      cwd: request.getInfo()!.getProgramDirectory(),
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: 'true',
      },
    },
  );
  child.once('close', (code) => {
    const answer = new messages.RunResponse();
    // 32 is what cmd/run ends with when it has already shown the error.
    if (code === 32) answer.setBail(true);
    else if (code !== 0) answer.setError(`the program ended with ${code}`);
    reply(null, answer);
  });
}

const server = new grpc.Server();
server.addService(service.LanguageRuntimeService as unknown as grpc.ServiceDefinition, {
  run,
  handshake: (_: unknown, reply: Reply) => reply(null, new messages.LanguageHandshakeResponse()),
  getPluginInfo: (_: unknown, reply: Reply) => {
    const info = new PluginInfo();
    info.setVersion('3.216.0');
    reply(null, info);
  },
  getRequiredPlugins: (_: unknown, reply: Reply) => reply(null, new messages.GetRequiredPluginsResponse()),
  getRequiredPackages: (_: unknown, reply: Reply) => reply(null, new messages.GetRequiredPackagesResponse()),
  cancel: (_: unknown, reply: Reply) => reply(null, new Empty()),
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});

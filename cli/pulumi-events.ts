import type { EngineEvent } from '@pulumi/pulumi/automation';

const SIGNS: Readonly<Record<string, string>> = {
  create: '+',
  update: '~',
  delete: '-',
  replace: '±',
  'create-replacement': '±',
  'delete-replaced': '-',
};

/** Pulumi says it at every run, because the provider is given by the toolchain rather than fetched. */
const EXPECTED = /^(using pulumi-resource-kubernetes from|resource plugin kubernetes is expected)/;

/**
 * One line for a person from an event of the engine; undefined where there is nothing to say.
 *
 * @param event what the engine tells
 */
export function describeEvent(event: EngineEvent): string | undefined {
  const done = event.resOutputsEvent?.metadata;
  if (done !== undefined && !event.resOutputsEvent!.planning) {
    const sign = SIGNS[done.op];
    return sign === undefined || done.type.startsWith('pulumi:')
      ? undefined
      : `${sign} ${kindAndName(done.urn)}`;
  }
  const diagnostic = event.diagnosticEvent;
  if (diagnostic === undefined || !['error', 'warning'].includes(diagnostic.severity)) return undefined;
  const text = diagnostic.message.replace(/<\{%[^%]*%\}>/g, '').trim();
  if (EXPECTED.test(text)) return undefined;
  const place =
    diagnostic.urn === undefined || diagnostic.urn === '' ? 'Pulumi' : kindAndName(diagnostic.urn);
  return `${diagnostic.severity}: ${place}: ${text}`;
}

/** What a URN (`urn:pulumi:STACK::PROJECT::TYPES::NAME`) says to a person: `Deployment shop:web`. */
function kindAndName(urn: string): string {
  const [, , types = '', ...name] = urn.split('::');
  // Names of RBAC may hold the separator.
  return `${types.slice(types.lastIndexOf(':') + 1)} ${name.join('::')}`;
}

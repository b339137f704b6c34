/** What this folder reads of an OpenAPI v3 schema of the API server. */
export interface PublishedSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly allOf?: readonly PublishedSchema[];
  readonly oneOf?: readonly PublishedSchema[];
  readonly properties?: Readonly<Record<string, PublishedSchema>>;
  readonly required?: readonly string[];
  readonly items?: PublishedSchema;
  readonly additionalProperties?: PublishedSchema;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/** A kind that the API server serves. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What one release publishes. */
export interface Publication {
  /** By the name that Kubernetes gives the type, for example `io.k8s.api.apps.v1.Deployment`. */
  readonly schemas: Readonly<Record<string, PublishedSchema>>;
  readonly kinds: readonly ServedKind[];
}

/** One release in the form of the table (`policies/schema/published.ts` tells it). */
export interface Compact {
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Types with a reader of their own in Kubernetes, so that their schema does not tell what is taken. */
const SPECIAL: Readonly<Record<string, string>> = {
  'api.resource.Quantity': 'q',
  'util.intstr.IntOrString': 'x',
  'meta.v1.Time': 't',
  'meta.v1.MicroTime': 'm',
  'meta.v1.FieldsV1': 'd',
  'runtime.RawExtension': 'd',
  'apiextensions.v1.JSON': 'd',
  'apiextensions.v1.JSONSchemaPropsOrArray':
    'apiextensions.v1.JSONSchemaProps|[apiextensions.v1.JSONSchemaProps',
  'apiextensions.v1.JSONSchemaPropsOrBool': 'apiextensions.v1.JSONSchemaProps|b',
  'apiextensions.v1.JSONSchemaPropsOrStringArray': 'apiextensions.v1.JSONSchemaProps|[s',
};

const SCALARS: Readonly<Record<string, string>> = {
  'boolean ': 'b',
  'integer int32': 'i',
  'integer int64': 'l',
  'number double': 'n',
  'string ': 's',
  'string byte': 'y',
  'string date-time': 't',
};

/** Takes the kinds that can be declared, and the types that they are made of. */
export function compact({ schemas, kinds }: Publication): Compact {
  const byKind = new Map<string, string>();
  for (const [name, schema] of Object.entries(schemas))
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? [])
      byKind.set(`${group}/${version} ${kind}`, name);

  const types: Record<string, Record<string, string>> = {};
  const named = (name: string): string => {
    const short = shortName(name);
    if (SPECIAL[short] !== undefined) {
      if (SPECIAL[short].includes('JSONSchemaProps')) struct(short, schemas[JSON_SCHEMA_PROPS]!);
      return SPECIAL[short];
    }
    const schema = schemas[name];
    if (schema === undefined) throw new Error(`${name} is not published`);
    struct(short, schema);
    return short;
  };
  const struct = (short: string, schema: PublishedSchema): void => {
    if (types[short] !== undefined) return;
    if (schema.type !== 'object') throw new Error(`${short} is no object`);
    const fields: Record<string, string> = (types[short] = {});
    for (const [field, inner] of Object.entries(schema.properties ?? {}))
      fields[field] = `${schema.required?.includes(field) === true ? '!' : ''}${code(inner)}`;
  };
  const code = (schema: PublishedSchema): string => {
    const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (reference !== undefined) return named(reference.slice(reference.lastIndexOf('/') + 1));
    if (schema.type === 'array') return `[${code(schema.items!)}`;
    if (schema.type === 'object' && schema.additionalProperties !== undefined)
      return `{${code(schema.additionalProperties)}`;
    if (schema.type === 'object' && schema.properties === undefined) return '{d';
    const scalar = SCALARS[`${schema.type} ${schema.format ?? ''}`];
    if (scalar === undefined) throw new Error(`no code for ${JSON.stringify(schema)}`);
    return scalar;
  };

  const declared: Record<string, string> = {};
  for (const { group, version, kind, namespaced } of kinds) {
    const type = byKind.get(`${group}/${version} ${kind}`);
    if (type === undefined) throw new Error(`${group}/${version} ${kind} has no schema`);
    const apiVersion = group === '' ? version : `${group}/${version}`;
    declared[`${apiVersion} ${kind}`] = `${namespaced ? '' : '*'}${named(type)}`;
  }
  return { kinds: declared, types };
}

const JSON_SCHEMA_PROPS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

function shortName(name: string): string {
  return name.replace(/^io\.k8s\.(api\.(?=[a-z0-9]+\.v\d)|[a-z-]+\.pkg\.(apis\.)?)/, '');
}

import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/**
 * Adds to the API document what the schemas do not say: in a body, null means the same as leaving an optional field
 * out.
 */

type TransformObject = typeof jsonSchemaTransformObject;
type Json = Readonly<Record<string, unknown>>;

/** The name of a booking request in the document. */
const REQUEST = 'BookingRequestInput';

export const documentWithNulls: TransformObject = (document) => {
  const whole = jsonSchemaTransformObject(document);
  const components = child(whole, 'components');
  const schemas = child(components, 'schemas');
  const paths = mapValues(child(whole, 'paths'), (path) => mapValues(path, withNullsInBody));
  // The document is walked as plain JSON, and keeps its form.
  return {
    ...whole,
    paths,
    components: { ...components, schemas: { ...schemas, [REQUEST]: withNulls(schemas[REQUEST]) } },
  } as ReturnType<TransformObject>;
};

function withNullsInBody(operation: unknown): unknown {
  if (!isBlock(operation) || !isBlock(operation.requestBody)) return operation;
  const content = mapValues(operation.requestBody.content, (media) =>
    isBlock(media) ? { ...media, schema: withNulls(media.schema) } : media,
  );
  return { ...operation, requestBody: { ...operation.requestBody, content } };
}

/** Returns the schema with null allowed for each optional field of its own. Free-form blocks are left alone. */
function withNulls(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNulls);
  if (!isBlock(schema)) return schema;
  const { properties, required, ...rest } = schema;
  const inner = mapValues(rest, withNulls);
  if (!isBlock(properties)) return inner;
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const fields = Object.entries(properties).map(([name, field]): [string, unknown] => {
    const whole = withNulls(field);
    return [name, needed.includes(name) ? whole : { anyOf: [whole, { type: 'null' }] }];
  });
  return { ...inner, properties: Object.fromEntries(fields), ...(required !== undefined && { required }) };
}

function mapValues(block: unknown, map: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(isBlock(block) ? block : {}).map(([key, value]) => [key, map(value)]),
  );
}

function child(block: unknown, key: string): Json {
  const value = isBlock(block) ? block[key] : undefined;
  return isBlock(value) ? value : {};
}

function isBlock(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

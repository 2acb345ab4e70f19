import { AppError } from '@byok/kernel';
import fc from 'fast-check';
import { fromGeminiSchema } from './from-gemini-schema.js';
import { toGeminiSchema } from './to-gemini-schema.js';

const KNOWN = new Set(['type', 'format', 'title', 'description', 'nullable', 'enum', 'items', 'maxItems', 'minItems', 'properties', 'required', 'minProperties', 'maxProperties', 'minLength', 'maxLength', 'pattern', 'example', 'anyOf', 'propertyOrdering', 'default', 'minimum', 'maximum']);

describe('a schema for older models of Google', () => {
  it.each([
    ['unknown words leave', { $schema: 'x', $id: 'y', type: 'object', additionalProperties: false, patternProperties: {}, properties: { a: { type: 'string', contentEncoding: 'base64' } }, required: ['a'] }, { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] }],
    ['properties keep names that are words of schemas', { type: 'object', properties: { $ref: { type: 'string' }, const: { type: 'integer' }, type: { type: 'number' } } }, { type: 'OBJECT', properties: { $ref: { type: 'STRING' }, const: { type: 'INTEGER' }, type: { type: 'NUMBER' } } }],
    ['references are filled in', { type: 'object', properties: { a: { $ref: '#/$defs/A', description: 'd' }, b: { $ref: '#/$defs/A' } }, $defs: { A: { type: 'boolean' } } }, { type: 'OBJECT', properties: { a: { type: 'BOOLEAN', description: 'd' }, b: { type: 'BOOLEAN' } } }],
    ['a reference at the top', { $ref: '#/definitions/a~1b', definitions: { 'a/b': { type: 'string' } } }, { type: 'STRING' }],
    ['a single allOf is what it holds', { allOf: [{ type: 'string' }], description: 'd' }, { type: 'STRING', description: 'd' }],
    ['const is an enum', { const: 'a' }, { type: 'STRING', enum: ['a'], format: 'enum' }],
    ['numbers in an enum are texts', { type: 'integer', enum: [1, 2, null] }, { type: 'STRING', enum: ['1', '2'], format: 'enum', nullable: true }],
    ['null among types', { type: ['string', 'null'], minLength: 1 }, { type: 'STRING', nullable: true, minLength: 1 }],
    ['several types', { type: ['string', 'number', 'null'] }, { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true }],
    ['null among alternatives', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'STRING', nullable: true }],
    ['oneOf', { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] }, { anyOf: [{ type: 'STRING' }, { type: 'ARRAY', items: { type: 'NUMBER' } }] }],
    ['formats that are errors leave', { type: 'object', properties: { a: { type: 'string', format: 'email' }, b: { type: 'string', format: 'date-time' } } }, { type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { type: 'STRING', format: 'date-time' } } }],
    ['types that are meant', { properties: { a: { items: { type: 'string' } } } }, { type: 'OBJECT', properties: { a: { type: 'ARRAY', items: { type: 'STRING' } } } }],
    ['places in a list', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false }, { type: 'ARRAY', items: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] } }],
  ])('%s', (_, schema, written) => expect(toGeminiSchema(schema)).toEqual(written));

  it.each([
    { $ref: '#' },
    { type: 'object', properties: { a: { $ref: '#' } } },
    { $ref: '#/$defs/a', $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } } },
    { $ref: 'https://x.example/schema' },
    { $ref: '#/$defs/none' },
    { $ref: '#/$defs/__proto__', $defs: {} },
    { allOf: [{ type: 'string' }, { minLength: 1 }] },
  ])('is refused when it cannot be told: %j', (schema) => {
    expect(() => toGeminiSchema(schema)).toThrow(expect.objectContaining({ code: 'param_not_supported' }) as Error);
  });

  it('is refused within a moment when its references would fill the memory', () => {
    const $defs = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index}`, { anyOf: Array.from({ length: 3 }, () => ({ $ref: `#/$defs/d${index + 1}` })) }]));
    const started = performance.now();
    expect(() => toGeminiSchema({ $ref: '#/$defs/d0', $defs })).toThrow(expect.objectContaining({ code: 'param_not_supported' }) as Error);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('never holds a word that is an error, whatever comes, and never crashes', () => {
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof({ maxDepth: 5 }, fc.boolean(), fc.dictionary(fc.constantFrom('type', 'enum', 'const', 'items', 'anyOf', 'oneOf', 'allOf', 'properties', '$ref', '$defs', 'not', 'if', 'description', 'minimum', 'nullable'), tie('value'), { maxKeys: 4 })),
      value: fc.oneof({ maxDepth: 5 }, fc.constantFrom('string', 'object', '#', '#/$defs/a', null, 1, true), fc.array(tie('schema'), { maxLength: 3 }), tie('schema'), fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('schema'), { maxKeys: 2 })),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('type', 'properties', 'items', '$ref', '$defs', 'anyOf'), schema), (given) => {
        try {
          expectKnown(toGeminiSchema(given));
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('means the same when it is read again', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', minLength: 1 }, b: { type: 'array', items: { type: ['integer', 'null'] }, minItems: 2 }, c: { anyOf: [{ type: 'string' }, { type: 'number' }] } }, required: ['a'] };
    expect(fromGeminiSchema(toGeminiSchema(schema) as Record<string, unknown>)).toEqual(schema);
  });
});

function expectKnown(schema: unknown): void {
  for (const [name, value] of Object.entries(schema as object)) {
    if (!KNOWN.has(name)) expect(name).toBe('a word that older models know');
    if (name === 'properties') Object.values(value as object).forEach(expectKnown);
    if (name === 'items') expectKnown(value);
    if (name === 'anyOf') (value as unknown[]).forEach(expectKnown);
  }
}

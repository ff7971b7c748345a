import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const problem = {
  description: 'An error, as problem details (RFC 9457)',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string', description: 'What to do next.' },
          code: { type: 'string', description: 'Stable; programs may test for it.' },
          request_id: { type: 'string' },
          errors: {
            type: 'array',
            items: {
              type: 'object',
              properties: { field: { type: 'string' }, message: { type: 'string' } },
            },
          },
        },
      },
    },
  },
};

/** The document that describes every route, made from the code. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setTitle('Holdfast')
    .setDescription('Backups of whole databases and of single projects in multi-tenant databases.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An access token or an API token.' })
    .addGlobalResponse({ status: 'default', ...problem })
    .build();
  return withOptionalBodies(
    withPathParameters(SwaggerModule.createDocument(app, outline, { operationIdFactory })),
  );
}

/** A method that stands under two paths is `Controller_method` and, for any database, `Controller_methodOfDatabase`. */
function operationIdFactory(controller: string, method: string): string {
  return `${controller}_${method.replace('[0]', '').replace('[1]', 'OfDatabase')}`;
}

/** What decorators of our own read from a path, Nest does not know to be a parameter. */
function withPathParameters(document: OpenAPIObject): OpenAPIObject {
  for (const [path, { get, put, post, patch, delete: remove }] of Object.entries(document.paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    for (const operation of [get, put, post, patch, remove]) {
      if (!operation) continue;
      const described = operation.parameters ?? [];
      const missing = names.filter(
        (name) => !described.some((known) => 'in' in known && known.name === name),
      );
      const added = missing.map((name) => ({
        name,
        in: 'path' as const,
        required: true,
        schema: { type: 'string' },
      }));
      operation.parameters = [...added, ...described];
    }
  }
  return document;
}

/** Nest calls every body required; one of which every property may be left out may be left out itself. */
function withOptionalBodies(document: OpenAPIObject): OpenAPIObject {
  for (const { put, post, patch } of Object.values(document.paths)) {
    for (const operation of [put, post, patch]) {
      const body = operation?.requestBody;
      const schema = body && 'content' in body ? body.content['application/json']?.schema : undefined;
      if (!body || !schema || !('$ref' in schema)) continue;
      const named = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
      if (named && 'properties' in named && !named.required) Object.assign(body, { required: false });
    }
  }
  return document;
}

/** Serves the document at /openapi.json and as a page at /docs, to everybody. */
export function serveApiDescription(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    swaggerOptions: { showExtensions: true },
  });
}

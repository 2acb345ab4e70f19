import { applyDecorators, HttpCode, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

/** What a handler answers: its status, its line in the OpenAPI, and the schema that drops every field it does not name. */
export function Answers(schema: z.ZodType | null, status: number, summary: string): MethodDecorator {
  const response = { status, description: summary };
  if (schema === null) return applyDecorators(HttpCode(status), ApiOperation({ summary }), ApiResponse(response));
  return applyDecorators(HttpCode(status), ApiOperation({ summary }), ApiResponse({ ...response, standardSchema: schema }), SerializeOptions({ schema }));
}

import { AppError } from '@byok/kernel';
import { Injectable, StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

const MAX_ISSUES = 20;

/** Parses what a route decorator names a schema for. A path that cannot be anything's id is not found; the rest is a bad request. */
@Injectable()
export class WirePipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: refusal });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(metadata.type === 'body' ? (value ?? ({} as T)) : value, metadata as never);
    } catch (error) {
      if (metadata.type === 'param') throw new AppError('not_found', 'There is nothing at this path.', { cause: error });
      throw error;
    }
  }
}

/** Names fields and what was expected, never what was sent: a key may be sitting in the wrong field. */
function refusal(issues: readonly Issue[]): AppError {
  const problems = issues.slice(0, MAX_ISSUES).map((issue) => ({ field: fieldOf(issue), message: issue.message.slice(0, 200) }));
  const first = problems[0];
  return new AppError('invalid_request', `The request is not valid${first?.field ? ` at "${first.field}"` : ''}: ${first?.message ?? 'see the API description'}.`, { details: { problems } });
}

function fieldOf(issue: Issue): string {
  const names = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return names.join('.').slice(0, 200);
}

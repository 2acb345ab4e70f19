import type { AppError } from '@byok/kernel';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** True for what a SCIM client asked, which reads errors in SCIM's own form. */
export function isScimPath(url: string): boolean {
  return url.startsWith('/scim/');
}

export function scimError(error: AppError, requestId: string): object {
  const scimType = error.details?.['scimType'] ?? (error.rule.http === 400 ? 'invalidValue' : undefined);
  return { schemas: [ERROR], status: String(error.rule.http), ...(typeof scimType === 'string' ? { scimType } : {}), detail: `${error.message} (${requestId})` };
}

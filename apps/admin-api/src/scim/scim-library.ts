import SCIMMY from 'scimmy';
import { AppError } from '@byok/kernel';

// Attributes of the enterprise extension are taken and not kept: a directory that sends a department must not fail for it.
SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser as never, false);

export const { Filter } = SCIMMY.Types;
export const { ListResponse, PatchOp } = SCIMMY.Messages;
export const { User: UserSchema, Group: GroupSchema, EnterpriseUser: EnterpriseUserSchema, ResourceType, ServiceProviderConfig } = SCIMMY.Schemas;
export const { User: UserResource, Group: GroupResource } = SCIMMY.Resources;

/** Runs what the library does with a request; its refusals become ours, with SCIM's word for them. */
export async function asScim<R>(work: () => R | Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error;
    const { scimType = 'invalidValue' } = error as { scimType?: string };
    // The library throws TypeErrors about what is wrong with a value. Its sentences name attributes and types.
    throw scimRefusal(scimType, error.message.slice(0, 300));
  }
}

/** A refusal with SCIM's word for it, such as invalidValue. */
export function scimRefusal(scimType: string, message: string): AppError {
  return new AppError('invalid_request', message, { details: { scimType } });
}

/**
 * The library's filters read a quoted text with backslashes in exponential time, so there are none in ours: neither ids nor addresses
 * have any.
 */
export function assertPlainFilter(text: string): void {
  if (text.includes('\\')) throw scimRefusal('invalidFilter', 'A filter may not contain backslashes.');
}

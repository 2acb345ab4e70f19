import { OrgPath, ScimDocument, ScimList, ScimSchemaPath } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { Answers } from '../http/answers.js';
import { scimConfig, scimResourceTypes, scimSchema, scimSchemas } from './describe-service.js';
import { SCIM_TYPE } from './scim-type.js';

/** What this SCIM service can do, for clients that ask before they begin. */
@ApiTags('scim')
@Controller('scim/v2/:org')
export class ScimServiceController {
  @Get('ServiceProviderConfig') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimDocument, 200, 'SCIM: what is supported')
  config(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): ScimDocument {
    return scimConfig(who, path.org);
  }

  @Get('ResourceTypes') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimList, 200, 'SCIM: kinds of resources')
  resourceTypes(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): ScimList {
    return scimResourceTypes(who, path.org);
  }

  @Get('Schemas') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimList, 200, 'SCIM: schemas')
  schemas(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): ScimList {
    return scimSchemas(who, path.org);
  }

  @Get('Schemas/:schema') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimDocument, 200, 'SCIM: one schema')
  schema(@Param({ schema: ScimSchemaPath }) path: ScimSchemaPath, @Who() who: Principal): ScimDocument {
    return scimSchema(who, path);
  }
}

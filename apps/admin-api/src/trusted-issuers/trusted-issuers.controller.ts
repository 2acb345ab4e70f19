import { OrgPath, PageQuery, pageOf, PutTrustedIssuer, TrustedIssuer, TrustedIssuerPath, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { deleteTrustedIssuer } from './delete-trusted-issuer.js';
import { createTrustedIssuer, replaceTrustedIssuer } from './put-trusted-issuer.js';
import { getTrustedIssuer, listTrustedIssuers } from './read-trusted-issuers.js';

/** Whose JWTs the organisation's services may call with, at the gateway and here. */
@ApiTags('sign-in')
@Controller('api/orgs/:org/trusted-issuers')
export class TrustedIssuersController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('trusted-issuer:update') @Answers(TrustedIssuer, 201, 'Trust the JWTs of an issuer')
  create(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: PutTrustedIssuer }) body: PutTrustedIssuer, @Who() who: Principal): Promise<TrustedIssuer> {
    return createTrustedIssuer(this.deps, who, path, body);
  }

  @Get() @May('trusted-issuer:read') @Answers(pageOf(TrustedIssuer), 200, 'List the trusted issuers')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: PageQuery }) page: PageQuery, @Who() who: Principal): Promise<Page<TrustedIssuer>> {
    return listTrustedIssuers(this.deps, who, path, page);
  }

  @Get(':issuer') @May('trusted-issuer:read') @Answers(TrustedIssuer, 200, 'Read a trusted issuer')
  get(@Param({ schema: TrustedIssuerPath }) path: TrustedIssuerPath, @Who() who: Principal): Promise<TrustedIssuer> {
    return getTrustedIssuer(this.deps, who, path);
  }

  @Put(':issuer') @May('trusted-issuer:update') @Answers(TrustedIssuer, 200, 'Set a trusted issuer, all of it at once')
  replace(@Param({ schema: TrustedIssuerPath }) path: TrustedIssuerPath, @Body({ schema: PutTrustedIssuer }) body: PutTrustedIssuer, @Who() who: Principal): Promise<TrustedIssuer> {
    return replaceTrustedIssuer(this.deps, who, path, body);
  }

  @Delete(':issuer') @May('trusted-issuer:update') @Answers(null, 204, 'Trust it no longer: its services are out')
  remove(@Param({ schema: TrustedIssuerPath }) path: TrustedIssuerPath, @Who() who: Principal): Promise<void> {
    return deleteTrustedIssuer(this.deps, who, path);
  }
}

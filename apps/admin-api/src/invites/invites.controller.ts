import { AcceptInvite, CreateInvite, Invite, InvitePath, InviteShownOnce, OrgPath, PageQuery, pageOf, User, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { May, Public } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { acceptInvite } from './accept-invite.js';
import { createInvite } from './create-invite.js';
import { listInvites } from './read-invites.js';
import { revokeInvite } from './revoke-invite.js';

@ApiTags('users')
@Controller('api')
export class InvitesController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post('orgs/:org/invites') @May('user:create') @Answers(InviteShownOnce, 201, 'Invite somebody; the text of the link is shown this once and works for seven days')
  create(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: CreateInvite }) body: CreateInvite, @Who() who: Principal): Promise<InviteShownOnce> {
    return createInvite(this.deps, who, path.org, body);
  }

  @Get('orgs/:org/invites') @May('user:list') @Answers(pageOf(Invite), 200, 'List invites, ended ones too')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: PageQuery }) page: PageQuery, @Who() who: Principal): Promise<Page<Invite>> {
    return listInvites(this.deps, who, path.org, page);
  }

  @Delete('orgs/:org/invites/:invite') @May('user:create') @Answers(null, 204, 'End an invite')
  revoke(@Param({ schema: InvitePath }) path: InvitePath, @Who() who: Principal): Promise<void> {
    return revokeInvite(this.deps, who, path);
  }

  @Post('auth/invites/accept') @Public() @Answers(User, 201, 'Join by an invite: the address must be the one that was invited')
  accept(@Body({ schema: AcceptInvite }) body: AcceptInvite, @Req() request: FastifyRequest): Promise<User> {
    return acceptInvite(this.deps, body, request.ip);
  }
}

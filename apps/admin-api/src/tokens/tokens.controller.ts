import { CreateToken, OrgQuery, pageOf, RotateToken, Token, TokenPath, TokenQuery, TokenShownOnce, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { createToken } from './create-token.js';
import { deleteToken } from './delete-token.js';
import { getToken, listTokens } from './read-tokens.js';
import { rotateToken } from './rotate-token.js';

@ApiTags('tokens')
@Controller('api/tokens')
export class TokensController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('token:create') @Answers(TokenShownOnce, 201, 'Create a token; its text is shown this once')
  create(@Body({ schema: CreateToken }) body: CreateToken, @Who() who: Principal): Promise<TokenShownOnce> {
    return createToken(this.deps, who, body);
  }

  @Get() @May('token:read') @Answers(pageOf(Token), 200, 'List tokens, ended ones too')
  list(@Query({ schema: TokenQuery }) query: TokenQuery, @Who() who: Principal): Promise<Page<Token>> {
    return listTokens(this.deps, who, query);
  }

  @Get(':token') @May('token:read') @Answers(Token, 200, 'Read a token')
  get(@Param({ schema: TokenPath }) path: TokenPath, @Query({ schema: OrgQuery }) query: OrgQuery, @Who() who: Principal): Promise<Token> {
    return getToken(this.deps, who, path, query.org);
  }

  @Post(':token/rotate') @May('token:rotate') @Answers(TokenShownOnce, 200, 'Give a token a new secret, shown this once; the old one stops at once or after overlapSeconds')
  rotate(@Param({ schema: TokenPath }) path: TokenPath, @Body({ schema: RotateToken }) body: RotateToken, @Query({ schema: OrgQuery }) query: OrgQuery, @Who() who: Principal): Promise<TokenShownOnce> {
    return rotateToken(this.deps, who, path, body, query.org);
  }

  @Delete(':token') @May('token:delete') @Answers(null, 204, 'End a token')
  remove(@Param({ schema: TokenPath }) path: TokenPath, @Query({ schema: OrgQuery }) query: OrgQuery, @Who() who: Principal): Promise<void> {
    return deleteToken(this.deps, who, path, query.org);
  }
}

import { CreateUser, OrgPath, PageQuery, pageOf, UpdateUser, User, UserPath, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { createUser } from './create-user.js';
import { deleteUser } from './delete-user.js';
import { getUser, listUsers } from './read-users.js';
import { updateUser } from './update-user.js';

@ApiTags('users')
@Controller('api/orgs/:org/users')
export class UsersController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('user:create') @Answers(User, 201, 'Add a user')
  create(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: CreateUser }) body: CreateUser, @Who() who: Principal): Promise<User> {
    return createUser(this.deps, who, path.org, body);
  }

  @Get() @May('user:list') @Answers(pageOf(User), 200, 'List users')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: PageQuery }) page: PageQuery, @Who() who: Principal): Promise<Page<User>> {
    return listUsers(this.deps, who, path.org, page);
  }

  @Get(':user') @May('user:read') @Answers(User, 200, 'Read a user')
  get(@Param({ schema: UserPath }) path: UserPath, @Who() who: Principal): Promise<User> {
    return getUser(this.deps, who, path);
  }

  @Patch(':user') @May('user:update') @Answers(User, 200, 'Change name, role, status or password; a new role, status or password ends the sessions')
  update(@Param({ schema: UserPath }) path: UserPath, @Body({ schema: UpdateUser }) body: UpdateUser, @Who() who: Principal): Promise<User> {
    return updateUser(this.deps, who, path, body);
  }

  @Delete(':user') @May('user:delete') @Answers(null, 204, 'Remove a user; sessions and tokens end')
  remove(@Param({ schema: UserPath }) path: UserPath, @Who() who: Principal): Promise<void> {
    return deleteUser(this.deps, who, path);
  }
}

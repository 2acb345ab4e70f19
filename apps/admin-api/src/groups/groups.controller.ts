import { CreateGroup, Group, GroupPath, Member, MemberPath, OrgPath, PageQuery, pageOf, SetMember, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { createGroup } from './create-group.js';
import { deleteGroup } from './delete-group.js';
import { getGroup, listGroups, listMembers } from './read-groups.js';
import { removeMember } from './remove-member.js';
import { setMember } from './set-member.js';
import { updateGroup } from './update-group.js';

@ApiTags('groups')
@Controller('api/orgs/:org/groups')
export class GroupsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('group:create') @Answers(Group, 201, 'Create a group')
  create(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: CreateGroup }) body: CreateGroup, @Who() who: Principal): Promise<Group> {
    return createGroup(this.deps, who, path.org, body);
  }

  @Get() @May('group:list') @Answers(pageOf(Group), 200, 'List groups')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: PageQuery }) page: PageQuery, @Who() who: Principal): Promise<Page<Group>> {
    return listGroups(this.deps, who, path.org, page);
  }

  @Get(':group') @May('group:read') @Answers(Group, 200, 'Read a group')
  get(@Param({ schema: GroupPath }) path: GroupPath, @Who() who: Principal): Promise<Group> {
    return getGroup(this.deps, who, path);
  }

  @Patch(':group') @May('group:update') @Answers(Group, 200, 'Rename a group')
  update(@Param({ schema: GroupPath }) path: GroupPath, @Body({ schema: CreateGroup }) body: CreateGroup, @Who() who: Principal): Promise<Group> {
    return updateGroup(this.deps, who, path, body);
  }

  @Delete(':group') @May('group:delete') @Answers(null, 204, 'Delete a group; its tokens end')
  remove(@Param({ schema: GroupPath }) path: GroupPath, @Who() who: Principal): Promise<void> {
    return deleteGroup(this.deps, who, path);
  }

  @Get(':group/members') @May('member:read') @Answers(pageOf(Member), 200, 'List members')
  members(@Param({ schema: GroupPath }) path: GroupPath, @Query({ schema: PageQuery }) page: PageQuery, @Who() who: Principal): Promise<Page<Member>> {
    return listMembers(this.deps, who, path, page);
  }

  @Put(':group/members/:user') @May('member:update') @Answers(Member, 200, 'Add a member or change their role')
  setMember(@Param({ schema: MemberPath }) path: MemberPath, @Body({ schema: SetMember }) body: SetMember, @Who() who: Principal): Promise<Member> {
    return setMember(this.deps, who, path, body.role);
  }

  @Delete(':group/members/:user') @May('member:update') @Answers(null, 204, 'Remove a member')
  removeMember(@Param({ schema: MemberPath }) path: MemberPath, @Who() who: Principal): Promise<void> {
    return removeMember(this.deps, who, path);
  }
}

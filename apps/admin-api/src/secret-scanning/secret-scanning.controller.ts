import { SecretReport, SecretVerdicts } from '@byok/contracts';
import { Body, Controller, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/may.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { SignatureGuard } from './signature.guard.js';
import { takeReport } from './take-report.js';

/** Where scanners of repositories and logs tell of tokens that they found. */
@ApiTags('tokens')
@Controller('api/secret-scanning')
export class SecretScanningController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post('report') @Public() @UseGuards(SignatureGuard) @Answers(SecretVerdicts, 200, 'Report leaked tokens: those that are ours end at once')
  @ApiHeader({ name: 'x-byok-signature', description: 't=<seconds>,v1=<hex HMAC-SHA-256 of "<seconds>.<body>">' })
  report(@Body({ schema: SecretReport }) body: SecretReport): Promise<SecretVerdicts> {
    return takeReport(this.deps, body);
  }
}

import { CloseReview, DecideReview, OrgPath, Review, ReviewDecisions, ReviewExport, ReviewLine, ReviewLinesQuery, ReviewPath, ReviewQuery, StartReview, pageOf, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Header, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { closeReview } from './close-review.js';
import { decideReview } from './decide-review.js';
import { exportReview, exportReviewCsv, getReview, listLines, listReviews } from './read-reviews.js';
import { startReview } from './start-review.js';

/** Looking at who has which access, deciding about each, and signing for it. */
@ApiTags('access reviews')
@Controller('api/orgs/:org/access-reviews')
export class ReviewsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('review:update') @Answers(Review, 201, 'Begin a review of who has which access now')
  start(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: StartReview }) body: StartReview, @Who() who: Principal): Promise<Review> {
    return startReview(this.deps, who, path, body);
  }

  @Get() @May('review:read') @Answers(pageOf(Review), 200, 'List access reviews')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: ReviewQuery }) query: ReviewQuery, @Who() who: Principal): Promise<Page<Review>> {
    return listReviews(this.deps, who, path, query);
  }

  @Get(':review') @May('review:read') @Answers(Review, 200, 'Read a review, and whether it is as it was attested')
  get(@Param({ schema: ReviewPath }) path: ReviewPath, @Who() who: Principal): Promise<Review> {
    return getReview(this.deps, who, path);
  }

  @Get(':review/lines') @May('review:read') @Answers(pageOf(ReviewLine), 200, 'List the lines of a review')
  lines(@Param({ schema: ReviewPath }) path: ReviewPath, @Query({ schema: ReviewLinesQuery }) query: ReviewLinesQuery, @Who() who: Principal): Promise<Page<ReviewLine>> {
    return listLines(this.deps, who, path, query);
  }

  @Post(':review/decisions') @May('review:update') @Answers(ReviewDecisions, 200, 'Keep or revoke, line by line; revoking acts at once')
  decide(@Param({ schema: ReviewPath }) path: ReviewPath, @Body({ schema: DecideReview }) body: DecideReview, @Who() who: Principal): Promise<ReviewDecisions> {
    return decideReview(this.deps, who, path, body);
  }

  @Post(':review/close') @May('review:update') @Answers(Review, 200, 'Attest a review in which every line is decided; it cannot be changed afterwards')
  close(@Param({ schema: ReviewPath }) path: ReviewPath, @Body({ schema: CloseReview }) body: CloseReview, @Who() who: Principal): Promise<Review> {
    return closeReview(this.deps, who, path, body);
  }

  @Get(':review/export.json') @May('review:read') @Answers(ReviewExport, 200, 'A review with all its lines')
  export(@Param({ schema: ReviewPath }) path: ReviewPath, @Who() who: Principal): Promise<ReviewExport> {
    return exportReview(this.deps, who, path);
  }

  @Get(':review/export.csv') @May('review:read') @Answers(null, 200, 'The lines of a review as CSV')
  @Header('content-type', 'text/csv; charset=utf-8') @Header('content-disposition', 'attachment; filename="access-review.csv"')
  exportCsv(@Param({ schema: ReviewPath }) path: ReviewPath, @Who() who: Principal): Promise<string> {
    return exportReviewCsv(this.deps, who, path);
  }
}

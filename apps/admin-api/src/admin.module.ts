import { Module, StandardSchemaSerializerInterceptor, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { AccessGuard } from './access/access.guard.js';
import { Authenticator } from './access/authenticator.js';
import { ScopeInterceptor } from './access/scope.interceptor.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { BudgetsController } from './budgets/budgets.controller.js';
import { CompatController } from './compat/compat.controller.js';
import { CreditsController } from './credits/credits.controller.js';
import { DEPS, type AdminDeps } from './deps.js';
import { GovernanceController } from './governance/governance.controller.js';
import { GroupsController } from './groups/groups.controller.js';
import { HealthController } from './health/health.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { WirePipe } from './http/wire.pipe.js';
import { IdentityProviderController } from './identity-provider/identity-provider.controller.js';
import { InvitesController } from './invites/invites.controller.js';
import { InvoicesController } from './invoices/invoices.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { LimitsController } from './limits/limits.controller.js';
import { ScimGroupsController } from './scim/scim-groups.controller.js';
import { ScimServiceController } from './scim/scim-service.controller.js';
import { ScimUsersController } from './scim/scim-users.controller.js';
import { SecretScanningController } from './secret-scanning/secret-scanning.controller.js';
import { SharingController } from './sharing/sharing.controller.js';
import { MeController } from './me/me.controller.js';
import { OrgsController } from './orgs/orgs.controller.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import { PricesController } from './prices/prices.controller.js';
import { EncryptionController } from './encryption/encryption.controller.js';
import { RotationController } from './encryption/rotation.controller.js';
import { ReconciliationsController } from './reconciliations/reconciliations.controller.js';
import { RoutingController } from './routing/routing.controller.js';
import { RequestsController } from './requests/requests.controller.js';
import { ReviewsController } from './reviews/reviews.controller.js';
import { ReportsController } from './reports/reports.controller.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { TagsController } from './tags/tags.controller.js';
import { TokensController } from './tokens/tokens.controller.js';
import { TrustedIssuersController } from './trusted-issuers/trusted-issuers.controller.js';
import { UsageController } from './usage/usage.controller.js';
import { UsersController } from './users/users.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

const CONTROLLERS = [
  AuthController,
  MeController,
  SignInController,
  IdentityProviderController,
  TrustedIssuersController,
  OrgsController,
  UsersController,
  InvitesController,
  GroupsController,
  TokensController,
  SecretScanningController,
  KeysController,
  GovernanceController,
  ReviewsController,
  RequestsController,
  LimitsController,
  TagsController,
  SharingController,
  PoliciesController,
  PreferencesController,
  RoutingController,
  UsageController,
  ReportsController,
  BudgetsController,
  AlertsController,
  WebhooksController,
  PricesController,
  InvoicesController,
  ReconciliationsController,
  EncryptionController,
  RotationController,
  CreditsController,
  AuditController,
  CompatController,
  ScimServiceController,
  ScimUsersController,
  ScimGroupsController,
  HealthController,
];

/** Nest's part: controllers, one guard, one pipe, one filter. What they use is made outside and handed in. */
@Module({})
export class AdminModule {
  static with(deps: AdminDeps): DynamicModule {
    return {
      module: AdminModule,
      controllers: CONTROLLERS,
      providers: [
        { provide: DEPS, useValue: deps },
        Authenticator,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_INTERCEPTOR, useClass: ScopeInterceptor },
        { provide: APP_PIPE, useClass: WirePipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useFactory: (reflector: Reflector) => new StandardSchemaSerializerInterceptor(reflector), inject: [Reflector] },
      ],
    };
  }
}

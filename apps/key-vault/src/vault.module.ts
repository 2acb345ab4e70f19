import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ScopeToNarrow } from '@byok/platform';

import { EncryptionController } from './encryption.controller.js';
import { GovernanceController } from './governance.controller.js';
import { LifetimeController } from './lifetime.controller.js';
import { SignInController } from './sign-in.controller.js';
import type { VaultDeps } from './vault-deps.js';
import { VAULT_DEPS, VaultController } from './vault.controller.js';

@Module({})
export class VaultModule {
  static with(deps: VaultDeps): DynamicModule {
    return { module: VaultModule, controllers: [VaultController, GovernanceController, EncryptionController, SignInController, LifetimeController], providers: [{ provide: VAULT_DEPS, useFactory: () => deps }, { provide: APP_INTERCEPTOR, useClass: ScopeToNarrow }] };
  }
}

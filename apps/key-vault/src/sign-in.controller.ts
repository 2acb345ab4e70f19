import { AllowCaller } from '@byok/platform';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';

import { dropSignInSecret, keepSignInSecret } from './sign-in/keep-sign-in-secret.js';
import { openSignInSecret } from './sign-in/open-sign-in-secret.js';
import type { VaultDeps } from './vault-deps.js';
import { VAULT_DEPS } from './vault.controller.js';

/** The secrets with which admin-api asks identity providers. They are no keys: no call is made with them, and the gateway has no way to them. */
@Controller()
export class SignInController {
  constructor(@Inject(VAULT_DEPS) private readonly deps: VaultDeps) {}

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') KeepSignInSecret(request: unknown) {
    return keepSignInSecret(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') DropSignInSecret(request: unknown) {
    return dropSignInSecret(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') OpenSignInSecret(request: unknown) {
    return openSignInSecret(this.deps, request);
  }
}

import { AllowCaller } from '@byok/platform';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';

import { orgEncryption } from './encryption/describe-encryption.js';
import { sealOrg, unsealOrg } from './encryption/seal-org.js';
import { setOrgKek } from './encryption/set-org-kek.js';
import type { VaultDeps } from './vault-deps.js';
import { VAULT_DEPS } from './vault.controller.js';

/** Whose KEK protects an org, and whether its keys may be opened at all. */
@Controller()
export class EncryptionController {
  constructor(@Inject(VAULT_DEPS) private readonly deps: VaultDeps) {}

  /** For the health page: nobody asks, and what is wrong is for the operator alone. */
  @GrpcMethod('KeyVault') @AllowCaller('admin-api') Readiness() {
    return { ready: (this.deps.keks?.problems.length ?? 0) === 0 };
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') OrgEncryption(request: unknown) {
    return orgEncryption(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') SetOrgKek(request: unknown) {
    return setOrgKek(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') SealOrg(request: unknown) {
    return sealOrg(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') UnsealOrg(request: unknown) {
    return unsealOrg(this.deps, request);
  }
}

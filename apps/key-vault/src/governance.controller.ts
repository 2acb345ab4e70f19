import { AllowCaller } from '@byok/platform';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';

import { VAULT_DEPS } from './vault.controller.js';
import type { VaultDeps } from './vault-deps.js';
import { endKeyGrant } from './verbs/end-key-grant.js';
import { grantKey } from './verbs/grant-key.js';
import { keyUses } from './verbs/key-uses.js';
import { noteRunning } from './verbs/note-running.js';
import { sealKey } from './verbs/seal-key.js';
import { transferKey } from './verbs/transfer-key.js';
import { unsealKey } from './verbs/unseal-key.js';

/** Stopping a key, giving it away, letting somebody use it for a while. */
@Controller()
export class GovernanceController {
  constructor(@Inject(VAULT_DEPS) private readonly deps: VaultDeps) {}

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') SealKey(request: unknown) {
    return sealKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') UnsealKey(request: unknown) {
    return unsealKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') TransferKey(request: unknown) {
    return transferKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') GrantKey(request: unknown) {
    return grantKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') EndKeyGrant(request: unknown) {
    return endKeyGrant(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') KeyUses(request: unknown) {
    return keyUses(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('gateway') NoteRunning(request: unknown) {
    return noteRunning(this.deps, request);
  }
}

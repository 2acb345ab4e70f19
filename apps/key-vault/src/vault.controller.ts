import { AllowCaller } from '@byok/platform';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';

import { rewrapStatus } from './rotation/kek-status.js';
import { rotationStatus } from './rotation/rotation-status.js';
import { startRewrap } from './rotation/start-rewrap.js';
import { startRotation } from './rotation/start-rotation.js';
import type { VaultDeps } from './vault-deps.js';
import { getKey } from './verbs/get-key.js';
import { listAudit } from './verbs/list-audit.js';
import { listKeys } from './verbs/list-keys.js';
import { noteHealth } from './verbs/note-health.js';
import { openKey } from './verbs/open-key.js';
import { promoteKey } from './verbs/promote-key.js';
import { reportHealth } from './verbs/report-health.js';
import { revokeKey } from './verbs/revoke-key.js';
import { rollBackKey } from './verbs/roll-back-key.js';
import { rotateKey } from './verbs/rotate-key.js';
import { setKeyStatus } from './verbs/set-key-status.js';
import { stageKey } from './verbs/stage-key.js';
import { storeKey } from './verbs/store-key.js';
import { updateKey } from './verbs/update-key.js';
import { usableKeys } from './verbs/usable-keys.js';
import { verifyAudit } from './verbs/verify-audit.js';

export const VAULT_DEPS = 'vault-deps';

/** The RPC methods and who may call them. admin-api manages keys and never opens one; the gateway opens and never manages. */
@Controller()
export class VaultController {
  constructor(@Inject(VAULT_DEPS) private readonly deps: VaultDeps) {}

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') StoreKey(request: unknown) {
    return storeKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') ListKeys(request: unknown) {
    return listKeys(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') GetKey(request: unknown) {
    return getKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') UpdateKey(request: unknown) {
    return updateKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') RotateKey(request: unknown) {
    return rotateKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') StageKey(request: unknown) {
    return stageKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') PromoteKey(request: unknown) {
    return promoteKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') RollBackKey(request: unknown) {
    return rollBackKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') SetKeyStatus(request: unknown) {
    return setKeyStatus(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') RevokeKey(request: unknown) {
    return revokeKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') ReportHealth(request: unknown) {
    return reportHealth(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') ListAudit(request: unknown) {
    return listAudit(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') VerifyAudit(request: unknown) {
    return verifyAudit(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') StartRotation(request: unknown) {
    return startRotation(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') RotationStatus(request: unknown) {
    return rotationStatus(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') StartRewrap(request: unknown) {
    return startRewrap(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('admin-api') RewrapStatus(request: unknown) {
    return rewrapStatus(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('gateway') UsableKeys(request: unknown) {
    return usableKeys(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('gateway') OpenKey(request: unknown) {
    return openKey(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('gateway') NoteHealth(request: unknown) {
    return noteHealth(this.deps, request);
  }
}

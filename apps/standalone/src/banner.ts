import type { StandaloneConfig } from './config.js';
import { adminUrl, gatewayUrl } from './services.js';

/** What the operator reads when everything is up; the password only at the very first start and only when we made it. */
export function banner(config: StandaloneConfig, root: string, tookMs: number, newPassword: string | undefined): string {
  const password = newPassword ?? config.BYOK_ADMIN_PASSWORD;
  const admin = newPassword ? `${config.BYOK_ADMIN_EMAIL}   password: ${newPassword}   (shown this once)` : config.BYOK_ADMIN_EMAIL;
  return `
byok is up (${(tookMs / 1000).toFixed(1)} s)

  Admin API    ${adminUrl(config)}        OpenAPI: ${adminUrl(config)}/api/docs
  Gateway      ${gatewayUrl(config)}/v1
  First admin  ${admin}
  Data, logs   ${root}

Try it:
  ${newPassword && password ? loginCommand(config, password) : `curl -s ${adminUrl(config)}/api/health`}

Ctrl-C stops everything.
`;
}

function loginCommand(config: StandaloneConfig, password: string): string {
  const body = JSON.stringify({ email: config.BYOK_ADMIN_EMAIL, password });
  return `curl -s ${adminUrl(config)}/api/auth/login -H 'content-type: application/json' -d '${body}'`;
}

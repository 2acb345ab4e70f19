import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '@byok/kernel';

/** What is secret about webhooks, all of it from the service's own WEBHOOK_SECRET. */
export interface WebhookSecrets {
  /** What the receiver checks signatures with. Derived each time and kept nowhere. */
  signingSecretOf(webhookId: string): string;
  seal(webhookId: string, url: string): Buffer;
  /** @throws AppError integrity_failed when it was sealed for another webhook or under another secret */
  open(webhookId: string, sealed: Buffer): string;
}

const [NONCE_BYTES, TAG_BYTES, KEY_BYTES] = [12, 16, 32];
const TAG = { authTagLength: TAG_BYTES };

export function webhookSecrets(serviceSecret: string): WebhookSecrets {
  const derive = (salt: string, info: string): Buffer => Buffer.from(hkdfSync('sha256', serviceSecret, salt, info, KEY_BYTES));
  const sealingKey = derive('', 'byok webhook address');
  return {
    signingSecretOf: (webhookId) => `whsec_${derive(webhookId, 'byok webhook signature').toString('base64url')}`,
    seal: (webhookId, url) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce, TAG).setAAD(Buffer.from(webhookId));
      return Buffer.concat([nonce, cipher.update(url, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open: (webhookId, sealed) => {
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealingKey, sealed.subarray(0, NONCE_BYTES), TAG).setAAD(Buffer.from(webhookId)).setAuthTag(sealed.subarray(-TAG_BYTES));
        return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new AppError('integrity_failed', 'The address of this webhook cannot be read. Was WEBHOOK_SECRET changed? Make the webhook again.', { cause: error });
      }
    },
  };
}

/** The headers that prove to a receiver who sent a body and when: an HMAC-SHA256 over `timestamp.body`. */
export function signatureHeaders(secret: string, timestampS: number, body: string): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${timestampS}.${body}`).digest('hex');
  return { 'x-byok-timestamp': String(timestampS), 'x-byok-signature': `v1=${signature}` };
}

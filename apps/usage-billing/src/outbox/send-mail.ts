import { AppError } from '@byok/kernel';
import { createTransport } from 'nodemailer';

export interface Mail {
  to: readonly string[];
  subject: string;
  text: string;
  /** The same for every try, so that a mailbox can tell a second copy for what it is. */
  id: string;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
  close(): void;
}

const TIME_LIMIT_MS = 15_000;

/** Mail through the operator's own server, which the operator may well have inside: no address rules here. */
export function openMailer(options: { smtpUrl: string; from: string }): Mailer {
  const timeouts = { connectionTimeout: TIME_LIMIT_MS, greetingTimeout: TIME_LIMIT_MS, socketTimeout: TIME_LIMIT_MS };
  const transport = createTransport({ url: options.smtpUrl, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  return {
    send: async ({ to, subject, text, id }) => {
      try {
        await transport.sendMail({ from: options.from, to: [...to], subject, text, messageId: `<${id}@byok>` });
      } catch (error) {
        throw new AppError('upstream_unreachable', 'The mail server did not take the message.', { cause: error });
      }
    },
    close: () => transport.close(),
  };
}

import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface SmtpServer {
  url: string;
  /** Whole messages as they came, headers and all, with the envelope's recipients. */
  received: { to: string[]; text: string }[];
  /** While true every message is refused for now, as by a server that is too busy. */
  isBusy: boolean;
  close(): Promise<void>;
}

/** For specs: a mail server that speaks as much of RFC 5321 as a client needs. */
export async function startSmtpServer(): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const smtp: SmtpServer = { url: '', received: [], isBusy: false, close: async () => undefined };
  const server = createServer((socket) => {
    sockets.add(socket);
    talk(socket, smtp);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  smtp.url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  smtp.close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return smtp;
}

function talk(socket: Socket, smtp: SmtpServer): void {
  let [buffer, isBody, to] = ['', false, [] as string[]];
  socket.on('error', () => undefined);
  socket.write('220 spec ESMTP\r\n');
  socket.on('data', (chunk) => {
    buffer += chunk.toString('utf8');
    for (;;) {
      const end = buffer.indexOf(isBody ? '\r\n.\r\n' : '\r\n');
      if (end === -1) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + (isBody ? 5 : 2));
      if (isBody) {
        smtp.received.push({ to, text });
        [isBody, to] = [false, []];
        socket.write('250 taken\r\n');
      } else if (/^DATA/i.test(text)) {
        isBody = true;
        socket.write('354 go on\r\n');
      } else if (/^QUIT/i.test(text)) socket.end('221 bye\r\n');
      else if (/^MAIL/i.test(text) && smtp.isBusy) socket.write('451 try again later\r\n');
      else {
        const recipient = /^RCPT TO:<(.*?)>/i.exec(text)?.[1];
        if (recipient) to.push(recipient);
        socket.write('250 ok\r\n');
      }
    }
  });
}

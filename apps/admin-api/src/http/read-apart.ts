import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Node reads the requests of all connections into one buffer that it keeps for good: the end of a request that brought a provider's key would
 * stay in there until a longer request comes. Somebody who listens to the socket makes it read into memory that is freed with the request.
 */
export function readApart(server: Server): void {
  server.on('connection', (socket: Socket) => socket.on('data', () => undefined));
}

import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const SWEEP_MS = 50;

/**
 * Watches a server's connections so that its closing waits for nothing but requests in flight: neither for a connection
 * that becomes idle while it closes, which its client would keep for a minute, nor for one that a browser opened and has
 * asked for nothing on. Answers what closes the server by `close`.
 */
export function letGoOnClose(server: Server): (close: () => Promise<unknown>) => Promise<void> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return async (close) => {
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    }, SWEEP_MS);
    try {
      await close();
    } finally {
      clearInterval(sweep);
    }
  };
}

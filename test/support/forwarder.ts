import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that can be cut and mended: a service that goes away and comes back at the same address. */
export interface Forwarder {
  readonly endpoint: string;
  /** Breaks every connection and refuses new ones. */
  cut(): void;
  mend(): void;
  /** Answers nothing any more, as an overloaded service does. Resolves with the first unanswered request that holds this. */
  stall(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Sees what a client sends before it goes on, and answers what goes on; `undefined`: nothing does. */
export type OnSent = (chunk: Buffer) => Buffer | undefined;

export async function startForwarder(
  target: string,
  at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
  onSent: OnSent = (chunk) => chunk,
): Promise<Forwarder> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let open = true;
  const stalled = Promise.withResolvers<void>();
  let stalling: string | undefined;
  const server = createServer((incoming) => {
    if (!open) return void incoming.destroy();
    const outgoing = connect(Number(port), hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.on('data', (chunk: Buffer) => {
      if (stalling !== undefined) {
        if (chunk.includes(stalling)) stalled.resolve();
        return;
      }
      const passed = onSent(chunk);
      if (passed) outgoing.write(passed);
    });
    incoming.on('end', () => outgoing.end());
    outgoing.pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(at.port, at.host, resolve));
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    endpoint: `http://${at.host}:${(server.address() as AddressInfo).port}`,
    cut,
    mend() {
      open = true;
    },
    stall(text) {
      stalling = text;
      return stalled.promise;
    },
    async close() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

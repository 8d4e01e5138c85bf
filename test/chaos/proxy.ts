import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on a loopback port: one address for the app, while what is behind it is cut off or replaced. */
export interface Proxy {
  readonly port: number;
  /** The URL with this proxy's address in place of the server's. */
  urlOf(url: string): string;
  /** Breaks all connections. New ones are accepted. */
  cut(): void;
  /** Breaks all connections and leads new ones to another port. */
  moveTo(port: number): void;
  stop(): Promise<void>;
}

export async function startProxy(target: number): Promise<Proxy> {
  let port = target;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay();
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const own = (server.address() as AddressInfo).port;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: own,
    urlOf(url) {
      const address = new URL(url);
      address.host = `127.0.0.1:${own}`;
      return address.href;
    },
    cut,
    moveTo(next) {
      port = next;
      cut();
    },
    async stop() {
      cut();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export const portOf = (url: string): number => Number(new URL(url).port);

/** Stands between the app and its engine, and cuts, freezes or refuses connections: what networks do. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class EngineProxy {
  /** The engine's address, by way of this proxy. */
  readonly url: string;
  readonly #server: Server;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #isFrozen = false;

  /** Starts a proxy in front of the engine at that address. */
  static async before(engineUrl: string): Promise<EngineProxy> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new EngineProxy(server, engineUrl);
  }

  private constructor(server: Server, engineUrl: string) {
    const target = new URL(engineUrl);
    const url = new URL(engineUrl);
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    url.host = `127.0.0.1:${this.#port}`;
    this.url = url.href;
    server.on('connection', (client) => {
      const engine = connect(Number(target.port), target.hostname);
      this.#join(client, engine);
      this.#join(engine, client);
    });
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    if (this.#isFrozen) from.pause();
  }

  /** Breaks all connections; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections stay open and nothing passes. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** The connections of now lead nowhere any more, without a word; new ones are served. */
  strand(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Breaks all connections and takes no new ones. */
  async refuse(): Promise<void> {
    this.cut();
    await new Promise((closed) => this.#server.close(closed));
  }

  /** Takes connections again, on the same port. */
  async accept(): Promise<void> {
    await new Promise<void>((listening) => this.#server.listen(this.#port, '127.0.0.1', listening));
  }

  async close(): Promise<void> {
    this.cut();
    if (this.#server.listening) await new Promise((closed) => this.#server.close(closed));
  }
}

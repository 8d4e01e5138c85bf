/** How do tests get a provider? The development provider behind real HTTPS, and a way to watch and break requests to it. */
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createDevelopmentProvider, type DevelopmentProvider } from '../../scripts/development-provider.ts';
import type { OidcConfig } from '../../src/config.ts';
import type { Fetch } from '../../src/sign-in/answers.ts';

export interface TestProvider extends DevelopmentProvider {
  config: OidcConfig;
  /** The app's way to the provider. */
  fetch: Fetch;
  /** The paths that the app asked for so far. */
  calls: string[];
  /** What happens instead of a request of the app; null when nothing does. */
  instead: Fetch | null;
  close(): void;
}

/** @param origin the app's */
export async function startProvider(
  origin: string,
  { ca, ...certificate }: { ca: string; cert: string; key: string },
): Promise<TestProvider> {
  const server = createServer(certificate, (incoming, response) => provider.listener(incoming, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
  const secret = 'dev-secret';
  const config: OidcConfig = { issuer, tenants: [], clientId: 'app', clientSecret: secret, hasLogout: false, origin };
  const app = {
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    redirectUri: `${origin}/signed-in`,
    logOutUri: `${origin}/`,
    backChannelUrl: `${origin}/auth/back-channel-logout`,
  };
  const provider: TestProvider = Object.assign(createDevelopmentProvider(issuer, app, ca), {
    config,
    calls: [] as string[],
    instead: null as Fetch | null,
    fetch: async (url: string, options: RequestInit) => {
      provider.calls.push(new URL(url).pathname);
      return provider.instead ? provider.instead(url, options) : send(url, options, ca);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return provider;
}

/** fetch() cannot be told which authority to trust. */
function send(url: string, { method = 'GET', headers, body, signal }: RequestInit, ca: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = Object.fromEntries(new Headers(headers));
    const outgoing = request(url, { method, headers: sent, ca, signal: signal ?? undefined }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('error', reject);
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const answered = { status: incoming.statusCode ?? 0, headers: incoming.headers as Record<string, string> };
        resolve(new Response(Buffer.concat(chunks), answered));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body === null || body === undefined ? undefined : String(body));
  });
}

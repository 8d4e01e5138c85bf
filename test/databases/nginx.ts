import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { accepts } from './ready.ts';
import {
  ProgramMissing,
  type RunningServer,
  runServer,
  temporaryFolder,
  writePrivately,
} from './server-process.ts';

export interface ReverseProxy {
  /** Where it speaks TLS, and where it speaks plain http, on 127.0.0.1. */
  readonly port: number;
  readonly plainPort: number;
  /** The certificate, PEM files. */
  readonly cert: string;
  readonly key: string;
  /** The address that its connections to the app come from. */
  readonly from: string;
  /** The app, which speaks plain http on 127.0.0.1. */
  readonly appPort: number;
}

/** Debian's nginx in front of an app, as manuals put it there: what a client says of itself is added to, not replaced. */
export async function startNginx(proxy: ReverseProxy): Promise<RunningServer> {
  if (process.platform !== 'linux')
    throw new ProgramMissing('Only Linux has all of 127.0.0.0/8 to be clients at');
  const command = findProgram('nginx');
  const folder = temporaryFolder('nginx');
  const file = join(folder, 'nginx.conf');
  writePrivately(file, configuration(folder, proxy));
  const server = await runServer({
    name: 'nginx',
    command,
    args: ['-e', 'stderr', '-p', folder, '-c', file],
    folder,
    stopSignal: 'SIGTERM',
    answers: () => accepts(proxy.port),
  });
  return { url: `https://localhost:${proxy.port}`, ...server };
}

/** @throws ProgramMissing where there is none, or one address alone for the proxy and all its clients */
export function findNginx(): string {
  if (process.platform !== 'linux') throw new ProgramMissing('Only Linux answers at all of 127.0.0.0/8');
  return findProgram('nginx');
}

// --- internal ---

/** One process, so that none is left when it is killed. Connections to the app are kept, and carry many clients. */
const configuration = (
  folder: string,
  { port, plainPort, cert, key, from, appPort }: ReverseProxy,
): string => `
daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
events {}
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path "${join(folder, name)}";`).join('\n')}
  upstream app {
    server 127.0.0.1:${appPort} max_fails=0;
    keepalive 4;
  }
  server {
    listen 127.0.0.1:${port} ssl;
    listen 127.0.0.1:${plainPort};
    ssl_certificate "${cert}";
    ssl_certificate_key "${key}";
    location / {
      proxy_pass http://app;
      proxy_bind ${from};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`;

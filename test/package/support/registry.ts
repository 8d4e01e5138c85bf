import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Registry {
  url: string;
  close(): void;
}

const NAME = 'create-secure-session-app';

/** A registry on loopback that holds one package, as far as `npm create` asks of it. */
export async function serveTarball(tarball: string): Promise<Registry> {
  const contents = readFileSync(tarball);
  const integrity = `sha512-${createHash('sha512').update(contents).digest('base64')}`;
  const bin = { [NAME]: `bin/${NAME}.js` };
  let url = '';
  const server = createServer(({ url: path }, response) => {
    if (path === '/package.tgz') {
      response.end(contents);
      return;
    }
    const version = { name: NAME, version: '0.1.0', bin, dist: { tarball: `${url}/package.tgz`, integrity } };
    const document = { name: NAME, 'dist-tags': { latest: '0.1.0' }, versions: { '0.1.0': version } };
    if (path !== `/${NAME}`) response.statusCode = 404;
    response.setHeader('content-type', 'application/json');
    response.end(path === `/${NAME}` ? JSON.stringify(document) : '{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

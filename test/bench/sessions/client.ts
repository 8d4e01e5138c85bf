// The load, in a process of its own: over each connection one request after the other, for a bounded time. Written on
// bare sockets, because on a machine with two cores a client that works hard is what would be measured.
import { connect, type TLSSocket } from 'node:tls';

const [port, cookie, connections, milliseconds] = process.argv.slice(2);
const REQUEST = [
  'GET /api/session HTTP/1.1',
  `Host: localhost:${port}`,
  'User-Agent: bench',
  'Accept: application/json',
  'Sec-Fetch-Site: same-origin',
  `Cookie: ${cookie}`,
  '\r\n',
].join('\r\n');
const RIGHT = /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\{"authenticated":true/;

let answered = 0;
let isOver = false;

function open(): Promise<TLSSocket> {
  return new Promise((done, fail) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false });
    socket.setEncoding('latin1').once('secureConnect', () => done(socket));
    socket.once('error', fail);
  });
}

/**
 * Asks until the time is over. The project closes a connection after a thousand requests: then on another one.
 * @throws for any answer but that of a signed-in user: a fast refusal is no result
 */
async function ask(first: TLSSocket): Promise<void> {
  await askOver(first);
  while (!isOver) await askOver(await open());
}

function askOver(socket: TLSSocket): Promise<void> {
  return new Promise((done, fail) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1]);
      if (text.length < head + 4 + length) return;
      if (!RIGHT.test(text)) {
        fail(new Error(`an answer was:\n${text}`));
        return;
      }
      answered += 1;
      const isLast = /\r\nconnection: close\r\n/i.test(text);
      text = '';
      if (isOver || isLast) {
        socket.removeAllListeners('close').destroy();
        done();
      } else socket.write(REQUEST);
    });
    socket.once('close', () => fail(new Error('the server closed a connection')));
    socket.write(REQUEST);
  });
}

const sockets = await Promise.all(Array.from({ length: Number(connections) }, open));
const begin = performance.now();
setTimeout(() => {
  isOver = true;
}, Number(milliseconds));
await Promise.all(sockets.map(ask));
console.log(answered / ((performance.now() - begin) / 1000));
process.exit();

import { connect } from 'node:net';

/** Milliseconds a starting server gets for one answer. */
const ANSWER_WITHIN_MS = 1000;

/** Resolves when something accepts connections on the loopback port. */
export async function accepts(port: number): Promise<void> {
  await ask(port, '', /^/);
}

/** Sends bytes to the loopback port and resolves to the answer once it matches. Rejects if that takes a second. */
export function ask(port: number, bytes: string, expected: RegExp): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: ANSWER_WITHIN_MS });
    let answer = '';
    const look = () => {
      if (!expected.test(answer)) return;
      socket.destroy();
      done(answer);
    };
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(bytes, look));
    socket.on('data', (chunk) => {
      answer += chunk;
      look();
    });
    socket.once('timeout', () => socket.destroy(new Error(`no answer from port ${port}`)));
    socket.once('error', fail);
    socket.once('close', () => fail(new Error(`port ${port} answered: ${answer.trim()}`)));
  });
}

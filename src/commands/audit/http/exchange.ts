/** One request and its answer, sent as written: cookies, targets and bodies are not touched on the way. */
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { brotliDecompressSync, unzipSync } from 'node:zlib';

export interface Message {
  method: string;
  /** As it goes on the line, query included. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export type Header = readonly [name: string, value: string];

export interface Exchange {
  sent: Message;
  status: number;
  headers: readonly Header[];
  body: string;
}

/** How to reach the server: options of node:https, pinned to the addresses that were allowed. */
export interface Route {
  isTls: boolean;
  options: RequestOptions;
}

export interface SendOptions {
  /** Instead of the usual one. */
  route?: Route;
  /** Called as soon as the headers of the answer are here, before its body. */
  onHeaders?: (exchange: Exchange) => void;
  /** The last byte of the body waits for this. */
  holdLastByte?: Promise<unknown>;
  signal?: AbortSignal;
}

/** There is no usable answer: nothing may be concluded from that, least of all a pass. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
  /** The code of the system or of Node, where there is one, or else what was seen. */
  readonly reason: string;

  constructor(message: string, reason = message) {
    super(message);
    this.reason = reason;
  }
}

const DEADLINE_MS = 10_000;
const MAX_BODY_MB = 2;
const MAX_BODY_BYTES = MAX_BODY_MB * 1024 * 1024;

/** @throws NoAnswer when the connection fails, the deadline passes, or the answer is broken or endless */
export function send(route: Route, sent: Message, how: SendOptions = {}): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const start = route.isTls ? requestTls : requestPlain;
    const { method, path } = sent;
    const outgoing = start({ ...route.options, method, path, headers: sent.headers, agent: false });
    const fail = (reason: string) => {
      end();
      reject(new NoAnswer(`${method} ${path}: ${reason}`, reason));
      outgoing.destroy();
    };
    const cancel = () => fail('cancelled');
    const timer = setTimeout(() => fail(`no answer within ${DEADLINE_MS / 1000} s`), DEADLINE_MS);
    const end = () => {
      clearTimeout(timer);
      how.signal?.removeEventListener('abort', cancel);
    };
    how.signal?.addEventListener('abort', cancel);
    outgoing.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    // Also after an upgrade that nobody asked for: no other event comes then.
    outgoing.on('close', () => fail('the connection closed without an answer'));
    outgoing.on('response', (incoming) => {
      const exchange = { sent, status: incoming.statusCode ?? 0, headers: headersOf(incoming), body: '' };
      how.onHeaders?.(exchange);
      readBody(incoming).then(
        (body) => {
          end();
          resolve({ ...exchange, body });
        },
        (error: Error) => fail(error.message),
      );
    });
    if (how.signal?.aborted) return cancel();
    if (how.holdLastByte && sent.body !== '') {
      outgoing.write(sent.body.slice(0, -1));
      void how.holdLastByte.then(() => outgoing.end(sent.body.slice(-1)));
    } else {
      outgoing.end(sent.body);
    }
  });
}

/** All values of a header, in order, joined as HTTP allows. */
export function headerOf({ headers }: Pick<Exchange, 'headers'>, name: string): string | undefined {
  const values = headers
    .filter(([one]) => one.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

// --- internal ---

function headersOf({ rawHeaders }: IncomingMessage): Header[] {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));
}

function readBody(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) reject(new Error(`the answer is larger than ${MAX_BODY_MB} MB`));
    });
    incoming.on('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code ?? error.message)));
    incoming.on('end', () => {
      if (!incoming.complete) return reject(new Error('the answer stops in the middle'));
      try {
        resolve(unpacked(Buffer.concat(chunks), incoming.headers['content-encoding']).toString());
      } catch {
        reject(new Error('the answer cannot be unpacked'));
      }
    });
  });
}

/** We ask for no compression, but not every server listens. */
function unpacked(bytes: Buffer, encoding = 'identity'): Buffer {
  if (bytes.length === 0 || encoding === 'identity') return bytes;
  const limit = { maxOutputLength: MAX_BODY_BYTES };
  return encoding === 'br' ? brotliDecompressSync(bytes, limit) : unzipSync(bytes, limit);
}

/** What does an answer say, whatever its words are? */
import { type Exchange, headerOf, NoAnswer } from '../http/exchange.ts';

/** How an answer looks from outside: what it says, without what changes each time. */
export function shapeOf(exchange: Exchange): string {
  const location = headerOf(exchange, 'location')?.split('?')[0] ?? '';
  return `${exchange.status} ${location}`.trim();
}

/** An overloaded, throttled or broken server says nothing about the session. @throws NoAnswer */
export function decisive(exchange: Exchange): Exchange {
  const { status, sent } = exchange;
  if (status >= 500 || status === 429 || status === 408) {
    throw new NoAnswer(`${sent.method} ${sent.path} answered ${status}`);
  }
  return exchange;
}

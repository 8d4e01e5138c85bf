/** Where is the token that an app wants back with each change? In a page, a header, a cookie or JSON. */
import { type Exchange, headerOf } from '../http/exchange.ts';
import { valueAt } from './message.ts';
import type { Csrf } from './recipe.ts';

export function tokenIn(
  exchange: Exchange,
  cookies: ReadonlyMap<string, string>,
  csrf: Csrf,
): string | undefined {
  if (csrf.css) return inPage(exchange.body, csrf.css);
  if (csrf.header) return headerOf(exchange, csrf.header);
  if (csrf.json) {
    const value = valueAt(exchange.body, csrf.json);
    return typeof value === 'string' ? value : undefined;
  }
  const cookie = cookies.get(csrf.cookie ?? '');
  return cookie === undefined ? undefined : decoded(cookie);
}

// --- internal ---

/** `input[name=_csrf]`: the value of the first such tag. */
function inPage(html: string, css: string): string | undefined {
  const [, tag = '', name = '', wanted = ''] = /^([a-z]+)\[([\w-]+)=["']?(.+?)["']?\]$/.exec(css) ?? [];
  for (const [text] of html.matchAll(new RegExp(`<${tag}\\b[^>]*>`, 'gi'))) {
    if (attribute(text, name) === wanted) return attribute(text, 'value') ?? attribute(text, 'content');
  }
  return undefined;
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*("[^"]*"|'[^']*'|[^\\s>]+)`, 'i').exec(tag)?.[1];
  return found?.replace(/^["']|["']$/g, '').replace(/&(#x?[\da-f]+|amp|quot|lt|gt);/gi, unescaped);
}

function unescaped(whole: string, entity: string): string {
  if (entity.startsWith('#')) {
    const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  }
  return { amp: '&', quot: '"', lt: '<', gt: '>' }[entity.toLowerCase()] ?? whole;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where is the token that an app wants back with each change? In a page, a header, a cookie or JSON. */
import { type Exchange, headerOf } from '../http/exchange.ts';
import { attribute, type Form, formsIn, tagsIn } from './html.ts';
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

/**
 * `input[name=_csrf]`: the value of the first such tag. `form[action=/login] input[name=_csrf]`: in that form, as some
 * tokens are good for the form they stand in; in a page that lacks it, the first such tag again.
 */
function inPage(html: string, css: string): string | undefined {
  const [, formAttribute = '', formValue, tag = '', name = '', wanted = ''] =
    /^(?:form\[([\w-]+)=["']?([^\]]*?)["']?\] )?([a-z]+)\[([\w-]+)=["']?(.+?)["']?\]$/.exec(css) ?? [];
  const isThatForm = ({ tag }: Form) => attribute(tag, formAttribute) === formValue;
  const form = formValue === undefined ? undefined : formsIn(html).find(isThatForm);
  for (const text of tagsIn(form?.content ?? html, tag)) {
    if (attribute(text, name) === wanted) return attribute(text, 'value') ?? attribute(text, 'content');
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

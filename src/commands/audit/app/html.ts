/** What stands in a page? As much of HTML as its forms need: tags, their attributes, and what is inside a form. */

export interface Form {
  /** The opening tag. */
  tag: string;
  content: string;
}

/** Forms in order, without comments and scripts. Forms cannot be nested. */
export function formsIn(html: string): Form[] {
  const visible = html.replace(/<!--[\s\S]*?-->|<(script|template|style)\b[\s\S]*?<\/\1\s*>/gi, '');
  const found = visible.matchAll(/(<form\b[^>]*>)([\s\S]*?)(?=<\/form\s*>|<form\b|$)/gi);
  return [...found].map(([, tag = '', content = '']) => ({ tag, content }));
}

/** The opening tags of these elements, in order. */
export function tagsIn(html: string, ...names: readonly string[]): string[] {
  return [...html.matchAll(new RegExp(`<(?:${names.join('|')})\\b(?:"[^"]*"|'[^']*'|[^>"'])*>`, 'gi'))].map(
    ([tag]) => tag,
  );
}

/** The value of an attribute, decoded; empty where it has none; undefined where it is missing. */
export function attribute(tag: string, name: string): string | undefined {
  const [found, value] =
    new RegExp(`\\s${name}(?:\\s*=\\s*("[^"]*"|'[^']*'|[^\\s>]+)|(?=[\\s/>]))`, 'i').exec(tag) ?? [];
  if (found === undefined) return undefined;
  return (value ?? '').replace(/^["']|["']$/g, '').replace(/&(#x?[\da-f]+|amp|quot|lt|gt);/gi, unescaped);
}

// --- internal ---

function unescaped(whole: string, entity: string): string {
  if (entity.startsWith('#')) {
    const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  }
  return { amp: '&', quot: '"', lt: '<', gt: '>' }[entity.toLowerCase()] ?? whole;
}

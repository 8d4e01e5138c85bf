import { quoted } from '../../legible.ts';

/** RFC 6265 section 4.1.1: a cookie's name is an HTTP token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Prefixes that browsers enforce, longest first. Our cookie meets all of them: Secure, HttpOnly, `Path=/`, no Domain. */
const PREFIXES = ['__Host-Http-', '__Host-', '__Secure-', '__Http-'];

/** Keeps requests small, and the line in security-policy.ts within the formatter's width. */
const LONGEST_NAME = 90;

/** @throws RangeError for a name that browsers would reject or not protect */
export function checkCookieName(name: string): string {
  if (!TOKEN.test(name)) {
    throw new RangeError(
      `${quoted(name)} is not a cookie name; letters, digits and !#$%&'*+-.^_\`|~ are allowed (RFC 6265)`,
    );
  }
  if (name.length > LONGEST_NAME)
    throw new RangeError(`the name has ${name.length} characters; the maximum is ${LONGEST_NAME}`);
  const prefix = PREFIXES.find((candidate) => name.toLowerCase().startsWith(candidate.toLowerCase()));
  // Without a prefix, another host of the same domain, or plain HTTP, can set a cookie of this name.
  if (!prefix)
    throw new RangeError(
      `${quoted(name)} lacks a prefix that browsers enforce (ASVS 5.0, 3.3.1); use __Host-${name}`,
    );
  const rest = name.slice(prefix.length);
  if (rest === '') throw new RangeError(`${quoted(name)} is only a prefix; add a name, such as ${prefix}id`);
  if (!name.startsWith(prefix))
    throw new RangeError(`${quoted(name)} has a prefix in the wrong case; use ${prefix}${rest}`);
  return name;
}

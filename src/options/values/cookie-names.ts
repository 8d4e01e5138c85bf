/** RFC 6265 section 4.1.1: a cookie's name is an HTTP token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Those that browsers enforce, longest first. All of them hold for our cookie: Secure, HttpOnly, `Path=/`, no Domain. */
const PREFIXES = ['__Host-Http-', '__Host-', '__Secure-', '__Http-'];

/** Every request carries it, and its line in security-policy.ts stays as wide as the formatter allows. */
const LONGEST_NAME = 90;

/** @throws RangeError for a name that browsers would refuse or not protect */
export function checkCookieName(name: string): string {
  if (!TOKEN.test(name)) {
    throw new RangeError(
      `"${name}" is not a cookie name; letters, digits and !#$%&'*+-.^_\`|~ are allowed (RFC 6265)`,
    );
  }
  if (name.length > LONGEST_NAME)
    throw new RangeError(`the name has ${name.length} characters; ${LONGEST_NAME} is the most`);
  const prefix = PREFIXES.find((candidate) => name.toLowerCase().startsWith(candidate.toLowerCase()));
  // Without a prefix another host of the same domain, or plain http, can plant a cookie of this name.
  if (!prefix)
    throw new RangeError(
      `"${name}" lacks a prefix that browsers enforce (ASVS 5.0, 3.3.1); use __Host-${name}`,
    );
  const rest = name.slice(prefix.length);
  if (rest === '') throw new RangeError(`"${name}" is only a prefix; add a name, such as ${prefix}id`);
  if (!name.startsWith(prefix))
    throw new RangeError(`"${name}" spells the prefix unusually; use ${prefix}${rest}`);
  return name;
}

/** One line for frameworks that the name of the cookie gives away. */

const EXPRESS = {
  B1: "cookie: { secure: true, sameSite: 'lax' } in session()",
  B2: "name: '__Host-id' in session()",
  B4: 'saveUninitialized: false in session()',
  B6: 'req.session.regenerate() before the user is stored',
  B11: 'req.session.destroy() in the logout route',
  B12: "res.clearCookie(name, the cookie's options) in the logout route",
  B13: 'body parsers before session(), and a store whose set() updates only',
  B15: 'req.session.save() before the answer',
  B36: "app.disable('x-powered-by')",
};

const FRAMEWORKS: readonly (readonly [
  cookie: RegExp,
  name: string,
  fixes: Readonly<Record<string, string>>,
])[] = [
  [/^connect\.sid$/, 'express-session', EXPRESS],
  [
    /^sessionId$/,
    '@fastify/session',
    {
      B1: "cookie: { secure: true, sameSite: 'lax' }",
      B2: "cookieName: '__Host-id'",
      B4: 'saveUninitialized: false',
      B6: 'await request.session.regenerate() before the user is stored',
    },
  ],
  [
    /^koa[.:]sess$/,
    'koa-session',
    {
      B1: "secure: true, sameSite: 'lax'",
      B2: "key: '__Host-id'",
      B3: 'a store, so that the cookie holds an id only',
      B6: 'ctx.session.regenerate() at login',
      B11: 'a store: without one a copied cookie cannot be ended',
    },
  ],
  [
    /^sessionid$/,
    'Django',
    {
      B1: 'SESSION_COOKIE_SECURE = True',
      B2: "SESSION_COOKIE_NAME = '__Host-sessionid'",
      B7: 'request.session.cycle_key() in the login view',
      B19: 'SECURE_SSL_REDIRECT = True',
      B32: 'django-axes or a proxy that limits the login',
    },
  ],
  [
    /^session$/,
    'Flask or Starlette',
    {
      B1: "Flask: SESSION_COOKIE_SECURE = True, SESSION_COOKIE_SAMESITE = 'Lax'; Starlette: https_only=True",
      B3: 'sessions on the server (Flask-Session)',
      B11: 'sessions on the server (Flask-Session): a signed cookie cannot be ended',
      B16: 'Flask-WTF, CSRFProtect',
    },
  ],
];

/** @returns undefined where the framework is not known, or has no line for this check */
export function frameworkFix(cookies: readonly string[], check: string): string | undefined {
  for (const [cookie, name, fixes] of FRAMEWORKS) {
    const fix = cookies.some((one) => cookie.test(one)) ? fixes[check] : undefined;
    if (fix) return `${name}: ${fix}`;
  }
  return undefined;
}

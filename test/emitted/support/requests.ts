/** One request of the table that all frameworks have to answer alike. */
export interface Asked {
  method: string;
  target: string;
  headers?: Record<string, string>;
  body?: string;
  /** Whether the request comes with the session of a user. */
  user?: true;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Method × target × who asks. */
function routes(): Asked[] {
  const targets = [
    '/',
    '/account',
    '/app.js',
    '/nothing',
    '/api',
    '/api/session',
    '/api/sessions',
    '/api/nothing',
  ];
  const more = ['/livez', '/readyz', '/csp-reports', '/api/auth/login', '/api/auth/logout', '/api/sessions/'];
  const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'];
  const visitors = [...targets, ...more].flatMap((target) => methods.map((method) => ({ method, target })));
  const users = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PATCH'].flatMap((method) =>
    [...targets, '/api/sessions/x', '/api/sessions/', '/api/', '/api//session'].map((target) => ({
      method,
      target,
      user: true as const,
    })),
  );
  const written = [
    'http://localhost/api/sessions',
    '/API/sessions',
    '/%61pi/sessions',
    '/api/sessions?x',
    '/api/./sessions',
  ];
  return [
    ...visitors,
    ...users,
    ...written.map((target) => ({ method: 'GET', target, user: true as const })),
    { method: 'DELETE', target: '/api/sessions/', user: true },
  ];
}

/** Letter case × trailing slash × percent-encoding × the form of the target. */
function targets(): Asked[] {
  const written = [
    ['/API/session', '/Api/Session', '/api/SESSION', '/LIVEZ', '/Login', '/APP.js', '/CSP-reports'],
    ['/api/session/', '/api/', '/livez/', '/login/', '/app.js/', '/csp-reports/', '/account/?x'],
    [
      '/%61pi/session',
      '/api/%73ession',
      '/api%2fsession',
      '/l%69vez',
      '/log%69n',
      '/%61pp.js',
      '/%',
      '/api/%',
      '/%ff',
    ],
    [
      '//',
      '//api/session',
      '/api//session',
      '/./login',
      '/api/../login',
      '/x/../login',
      '/login/..',
      '/api/./session',
    ],
    [
      '/%2e%2e/.env',
      '/..%2f.env',
      '/.env',
      '/.well-known/x',
      '/login.html',
      '/index.html',
      '/index',
      '/login%00',
    ],
    [
      '/api/session?x',
      '/login?x=%',
      '/login?',
      '/?',
      '/api/session#x',
      '/login;x',
      '/login.',
      '/style.css?v=1',
      '/\\',
    ],
    [
      'http://localhost/api/session',
      'https://evil.example/login',
      'HTTP://localhost',
      'http://[::1',
      'http://a:b/',
    ],
  ].flat();
  return ['GET', 'POST'].flatMap((method) => written.map((target) => ({ method, target })));
}

/** Type of the body × its form. */
function bodies(): Asked[] {
  const login = { method: 'POST', target: '/api/auth/login' };
  const types = ['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'APPLICATION/JSON'];
  const wrong = [
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/jsonx',
    'x',
    '',
  ];
  const others = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
  ];
  const texts = [
    '',
    '{}',
    '{',
    '1',
    'null',
    'true',
    '"x"',
    '[]',
    '[[]]',
    '{"email":1}',
    '\ufeff{}',
    '{"a":1}x',
    '\0',
  ];
  const reports = ['application/csp-report', 'application/reports+json', 'application/json', 'text/plain'];
  return [
    ...[...types, ...wrong, ...others].map((type) => ({
      ...login,
      headers: { 'content-type': type },
      body: '{}',
    })),
    { ...login, body: '{}' },
    ...texts.map((body) => ({ ...login, headers: JSON_TYPE, body })),
    ...['gzip', 'br', 'identity', 'x'].map((encoding) => ({
      ...login,
      headers: { ...JSON_TYPE, 'content-encoding': encoding },
      body: '{}',
    })),
    { ...login, headers: JSON_TYPE, body: 'x'.repeat(16 * 1024 + 1) },
    { ...login, headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' }, body: 'x'.repeat(40_000) },
    { method: 'POST', target: '/api/nothing', headers: JSON_TYPE, body: '{' },
    { method: 'DELETE', target: '/api/sessions', headers: JSON_TYPE, body: '{' },
    { method: 'GET', target: '/api/session', headers: JSON_TYPE, body: '{' },
    { method: 'POST', target: '/nothing', headers: JSON_TYPE, body: '{' },
    { method: 'POST', target: '/app.js', headers: { 'content-type': 'text/plain' }, body: 'x' },
    ...reports.flatMap((type) =>
      ['', '{}', '{', '[]', '1'].map((body) => ({
        method: 'POST',
        target: '/csp-reports',
        headers: { 'content-type': type },
        body,
      })),
    ),
    { method: 'PUT', target: '/api/cart', headers: JSON_TYPE, body: '{"items":1}' },
  ];
}

/** Range and conditional headers, on a file, a page, the API, and what is not there. */
function conditions(): Asked[] {
  const [past, future] = ['Thu, 01 Jan 1970 00:00:01 GMT', 'Fri, 01 Jan 2100 00:00:00 GMT'];
  const headers: Record<string, string>[] = [
    ...['bytes=0-1', 'bytes=999999999-', 'bytes=1-0', 'bytes=0-1,3-4', 'items=0-1', 'x'].map((range) => ({
      range,
    })),
    { 'if-none-match': '*' },
    { 'if-none-match': '"x"' },
    { 'if-modified-since': future },
    { 'if-modified-since': past },
    { 'if-modified-since': 'x' },
    { 'if-match': '*' },
    { 'if-match': '"x"' },
    { 'if-unmodified-since': past },
    { 'if-unmodified-since': future },
    { range: 'bytes=0-1', 'if-range': '"x"' },
    { range: 'bytes=0-1', 'if-range': future },
    { 'cache-control': 'no-cache', 'if-none-match': '*' },
    { 'accept-encoding': 'gzip, br' },
    { accept: 'text/html' },
    { accept: 'text/html', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-dest': 'document' },
    { expect: 'x' },
    { 'x-http-method-override': 'POST' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
  ];
  const targets = ['/app.js', '/login', '/api/session', '/nothing'];
  return headers.flatMap((some) => targets.map((target) => ({ method: 'GET', target, headers: some })));
}

/** All of them, each once. */
export function table(): Asked[] {
  return [...routes(), ...targets(), ...bodies(), ...conditions()];
}

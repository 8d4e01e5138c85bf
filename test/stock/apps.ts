import type { Recipe } from '../../src/commands/audit/app/recipe.ts';

/** A small app as its framework's documentation shows one. */
export interface StockApp {
  name: string;
  /** Exact versions, as they are installed. */
  packages: Readonly<Record<string, string>>;
  /** Packages of Debian are installed by hand. */
  kind: 'npm' | 'pypi' | 'go' | 'maven' | 'debian';
  /** The source file of a Go program, or the folder of one in Java. */
  builds?: string;
  /** Run in a folder of its own. */
  start: readonly string[];
  env?: Readonly<Record<string, string>>;
  database?: 'postgres' | 'redis';
  recipe: Recipe;
  /** The documentation it follows. */
  source: string;
  /** What explains the grade, written after each finding was looked at by hand. */
  remark: string;
}

const users = [{ USER: 'alice', PASSWORD: 'env:STOCK_PASSWORD' }];
const whoAmI = { request: 'GET /me', signedIn: { status: 200 } };
const form = { user: '${USER}', password: '${PASSWORD}' };
const note = { request: 'POST /note', form: { note: 'audit' } };

const byPost: Recipe = {
  login: { request: 'POST /login', form },
  whoAmI,
  logout: { request: 'POST /logout' },
  change: note,
  users,
};
const byLink: Recipe = { ...byPost, logout: { request: 'GET /logout' } };

const EXPRESS = { express: '5.3.0', 'express-session': '1.19.0' };

/** With express-session and MemoryStore; the code is that of test/judges. */
const ARTICLES = [
  {
    login: 'without waiting',
    name: 'article, login that does not wait for the new id',
    remark: 'The call of regenerate is there, but the login is saved under the id of before: fixation.',
  },
  {
    login: 'under the old id',
    name: 'article, login under the id of before',
    remark: 'Nothing renews the id: fixation.',
  },
  {
    login: 'for 30 days',
    name: 'article, cookie kept for 30 days',
    remark:
      'Its login does not wait either; a lifetime of 30 days is a choice, which this audit reports without a grade.',
  },
].map(
  ({ login, name, remark }): StockApp => ({
    name,
    packages: EXPRESS,
    kind: 'npm',
    start: ['node', 'articles.mjs'],
    env: { LOGIN: login },
    recipe: byPost,
    source: 'test/judges',
    remark,
  }),
);

export const STOCK_APPS: readonly StockApp[] = [
  {
    name: 'express-session, MemoryStore',
    packages: EXPRESS,
    kind: 'npm',
    start: ['node', 'express-session.mjs'],
    env: { STORE: 'memory' },
    recipe: byLink,
    source: 'README, "User login"',
    remark:
      'The login renews the id, as it should. A request under way at logout saves the session again (B13); there is no CSRF defence, and Secure, SameSite and saveUninitialized: false are for the reader to set.',
  },
  {
    name: 'express-session, connect-redis',
    packages: { ...EXPRESS, 'connect-redis': '10.0.0', redis: '6.3.1' },
    kind: 'npm',
    start: ['node', 'express-session.mjs'],
    env: { STORE: 'redis' },
    database: 'redis',
    recipe: byLink,
    source: 'README, "Full setup"',
    remark: 'The same without a session for each visitor, which this README turns off.',
  },
  {
    name: 'express-session, connect-pg-simple',
    packages: { ...EXPRESS, 'connect-pg-simple': '10.0.0', pg: '8.23.1' },
    kind: 'npm',
    start: ['node', 'express-session.mjs'],
    env: { STORE: 'postgres' },
    database: 'postgres',
    recipe: byLink,
    source: 'README, "Simple example"',
    remark: 'The same. The cookie lasts 30 days, as the README sets it.',
  },
  {
    name: 'Passport, passport-local',
    packages: { ...EXPRESS, passport: '0.7.0', 'passport-local': '1.0.0' },
    kind: 'npm',
    start: ['node', 'passport.mjs'],
    recipe: {
      ...byPost,
      login: { request: 'POST /login/password', form: { username: '${USER}', password: '${PASSWORD}' } },
    },
    source: 'tutorial "Username & Password"',
    remark:
      'Since 0.6 both login and logout renew the id. No CSRF defence, no throttling: for the reader to add.',
  },
  {
    name: '@fastify/session',
    packages: {
      fastify: '5.12.8',
      '@fastify/session': '11.1.3',
      '@fastify/cookie': '11.1.5',
      '@fastify/formbody': '9.0.1',
    },
    kind: 'npm',
    start: ['node', 'fastify-session.mjs'],
    recipe: byPost,
    source: 'README, "Usage"',
    remark:
      'The login keeps the id a visitor had: fixation. regenerate() is documented, but not as part of a login. Late saves bring sessions back.',
  },
  {
    name: 'koa-session',
    packages: { koa: '3.3.0', 'koa-session': '7.0.2', 'koa-bodyparser': '4.4.1', '@koa/router': '15.7.0' },
    kind: 'npm',
    start: ['node', 'koa-session.mjs'],
    recipe: byPost,
    source: 'README, "Example", default config',
    remark:
      'The session is the cookie: it can be read (base64 of JSON), and a copy works after logout. An external store changes both.',
  },
  {
    name: 'iron-session',
    packages: { express: '5.3.0', 'iron-session': '8.0.4' },
    kind: 'npm',
    start: ['node', 'iron-session.mjs'],
    recipe: byPost,
    source: 'README, "Usage"',
    remark:
      'Encrypted, so nothing can be read; but a copy works after logout, as its FAQ says of sessions without a store. A damaged cookie is answered 500, so B8 stays unknown.',
  },
  {
    name: 'Better Auth',
    packages: { express: '5.3.0', 'better-auth': '1.7.25' },
    kind: 'npm',
    start: ['node', 'better-auth.mjs'],
    recipe: {
      login: { request: 'POST /api/auth/sign-in/email', json: { email: '${USER}', password: '${PASSWORD}' } },
      whoAmI: {
        request: 'GET /api/auth/get-session',
        signedIn: { json: '/user' },
        user: { json: '/user/email' },
      },
      logout: { request: 'POST /api/auth/sign-out', json: {} },
      register: {
        request: 'POST /api/auth/sign-up/email',
        json: { name: 'Audit', email: '${USER}', password: '${PASSWORD}' },
      },
      password: {
        request: 'POST /api/auth/change-password',
        json: { currentPassword: '${PASSWORD}', newPassword: '${NEW_PASSWORD}', revokeOtherSessions: true },
      },
      change: { request: 'POST /api/auth/update-user', json: { name: 'Audit' } },
    },
    source: '"Basic usage", "Express"',
    remark:
      'Fixation, logout, password change and other sites are in order. The answer to a login holds the token, so scripts can read it. Rate limits are on in production only.',
  },
  {
    name: 'Django',
    packages: { Django: '5.2.19', gunicorn: '27.0.1' },
    kind: 'pypi',
    start: ['sh', 'django.sh'],
    recipe: {
      login: { request: 'POST /accounts/login/', form: { username: '${USER}', password: '${PASSWORD}' } },
      whoAmI,
      logout: { request: 'POST /accounts/logout/' },
      csrf: {
        from: 'GET /accounts/login/',
        css: 'input[name=csrfmiddlewaretoken]',
        as: 'field csrfmiddlewaretoken',
      },
      password: {
        request: 'POST /accounts/password_change/',
        form: {
          old_password: '${PASSWORD}',
          new_password1: '${NEW_PASSWORD}',
          new_password2: '${NEW_PASSWORD}',
        },
      },
      users,
    },
    source: '"Using the Django authentication system", deployment checklist',
    remark:
      'CSRF tokens, rotation and password change are in order. A second login of the same user keeps the id (auth.login cycles it for visitors only). Throttling is left to packages.',
  },
  {
    name: 'Flask-Login',
    packages: { Flask: '3.1.3', 'Flask-Login': '0.6.3', gunicorn: '27.0.1' },
    kind: 'pypi',
    start: ['gunicorn', 'flask_login_app:app'],
    recipe: byLink,
    source: 'documentation, "Usage"',
    remark:
      "Flask's session is a signed cookie: readable, equal for two logins in one second, and good after logout. Secure and SameSite are one line each in Flask's documentation.",
  },
  {
    name: 'FastAPI, SessionMiddleware',
    packages: {
      fastapi: '0.165.0',
      starlette: '1.10.0',
      uvicorn: '0.54.0',
      itsdangerous: '2.2.0',
      'python-multipart': '0.0.34',
    },
    kind: 'pypi',
    start: ['uvicorn', 'starlette_app:app'],
    recipe: byPost,
    source: 'Starlette, "SessionMiddleware"',
    remark: 'A signed cookie too. SameSite=lax by default; https_only=True sets Secure.',
  },
  {
    name: 'scs',
    packages: { 'github.com/alexedwards/scs/v2': '2.9.0' },
    kind: 'go',
    builds: 'scs.go',
    start: ['./stock'],
    recipe: byPost,
    source: 'README, "Basic use", "Preventing session fixation"',
    remark:
      'RenewToken and Destroy do what they say, and SameSite is Lax by default. A request under way at logout commits the session again (B13).',
  },
  {
    name: 'gorilla/sessions',
    packages: { 'github.com/gorilla/sessions': '1.4.0' },
    kind: 'go',
    builds: 'gorilla.go',
    start: ['./stock'],
    env: { SESSION_KEY: 'a-key-of-32-bytes-for-this-table' },
    recipe: byPost,
    source: 'README, "Sessions"',
    remark:
      'The session is the cookie, signed and dated to the second, so two logins in one second are equal, and a copy works for 30 days whatever the logout says. Secure and SameSite=None are its defaults; HttpOnly and another SameSite are fields of Options.',
  },
  {
    name: 'Sinatra',
    packages: { 'ruby-sinatra': '3.0.5-3+deb12u1', 'ruby-rack': '2.2.22-0+deb12u2' },
    kind: 'debian',
    start: ['ruby', 'sinatra.rb'],
    env: {
      APP_ENV: 'production',
      SESSION_SECRET: 'a-secret-of-at-least-64-bytes-as-the-README-of-Sinatra-asks-for-it-here',
    },
    recipe: byPost,
    source: 'README, "Using Sessions"',
    remark:
      'Encrypted, so nothing can be read; but a copy works after logout, as with every session in a cookie (Rack::Session::Pool keeps them on the server). rack-protection is on, and its tokens against requests of other sites are not. The version of Debian 12.',
  },
  {
    name: 'PHP sessions',
    packages: { 'php8.2-cli': '8.2.36-1~deb12u1' },
    kind: 'debian',
    start: ['sh', '-c', 'exec php -S 127.0.0.1:$PORT php-session.php 2>/dev/null'],
    recipe: byPost,
    source: 'manual, "session_destroy", "session_regenerate_id"',
    remark:
      'Ids, rotation and logout are in order, and the lock on a session stops late saves. Secure, HttpOnly, SameSite and strict mode are settings of php.ini that the manual recommends; CSRF defence and throttling are for the reader to add.',
  },
  {
    name: 'Rails',
    packages: { 'ruby-railties': '2:6.1.7.10+dfsg-1~deb12u3', 'ruby-rack': '2.2.22-0+deb12u2' },
    kind: 'debian',
    start: ['sh', '-c', 'exec puma -q -b tcp://127.0.0.1:$PORT rails.ru'],
    env: {
      RAILS_ENV: 'production',
      SECRET_KEY_BASE: 'a-secret-of-at-least-64-bytes-as-bin-rails-secret-prints-one-for-a-new-app',
    },
    recipe: {
      ...byPost,
      logout: { request: 'DELETE /logout' },
      csrf: { from: 'GET /login', css: 'meta[name=csrf-token]', as: 'header X-CSRF-Token' },
    },
    source: 'guide "Securing Rails Applications"',
    remark:
      'reset_session, CSRF tokens and SameSite=Lax are in order. The session is an encrypted cookie by default, so a copy works after logout, as the guide says under "Replay Attacks"; a store on the server is one setting. Secure comes with force_ssl. The version of Debian 12.',
  },
  {
    name: 'Symfony',
    packages: {
      'php-symfony-security-bundle': '5.4.53+dfsg-0+deb12u1',
      'php-symfony-framework-bundle': '5.4.53+dfsg-0+deb12u1',
      'php8.2-cli': '8.2.36-1~deb12u1',
    },
    kind: 'debian',
    start: ['sh', '-c', 'exec php -S 127.0.0.1:$PORT symfony.php 2>/dev/null'],
    env: { APP_SECRET: 'a-secret-of-32-characters-at-least' },
    recipe: {
      login: { request: 'POST /login', form: { _username: '${USER}', _password: '${PASSWORD}' } },
      whoAmI,
      logout: { request: 'GET /logout' },
      change: note,
      csrf: { from: 'GET /login', css: 'input[name=_csrf_token]', as: 'field _csrf_token' },
      users,
    },
    source: '"Security", "How to Implement CSRF Protection"',
    remark:
      'Rotation at login, logout on the server and CSRF tokens are in order; signing in again as the same user keeps the id. The logout is a GET link, as documented, and one made by another site works too. Throttling is one setting (login_throttling). The version of Debian 12.',
  },
  {
    name: 'Auth.js, Credentials',
    packages: { express: '4.22.3', '@auth/express': '0.12.3' },
    kind: 'npm',
    start: ['node', 'authjs.mjs'],
    env: {
      NODE_ENV: 'production',
      AUTH_TRUST_HOST: 'true',
      AUTH_SECRET: 'a-secret-of-32-characters-at-least',
    },
    recipe: {
      login: {
        request: 'POST /auth/callback/credentials',
        form: { username: '${USER}', password: '${PASSWORD}' },
      },
      whoAmI,
      logout: { request: 'POST /auth/signout' },
      csrf: { from: 'GET /auth/csrf', json: '/csrfToken', as: 'field csrfToken' },
      users,
    },
    source: 'reference of @auth/express, guide "Credentials"',
    remark:
      'CSRF tokens, cookie prefix and flags are in order. The session is an encrypted token, so a copy works after logout; this provider has no sessions in a database. No change besides the logout was there to be tried as another site.',
  },
  {
    name: 'Spring Security',
    packages: { 'spring-boot-starter-security': '3.5.0' },
    kind: 'maven',
    builds: 'spring',
    start: [
      'sh',
      '-c',
      'SPRING_SECURITY_USER_PASSWORD=$STOCK_PASSWORD SERVER_PORT=$PORT exec java -jar spring/target/stock-1.jar',
    ],
    env: {
      SPRING_SECURITY_USER_NAME: 'alice',
      SERVER_ADDRESS: '127.0.0.1',
      SERVER_FORWARD_HEADERS_STRATEGY: 'native',
      LOGGING_LEVEL_ROOT: 'off',
    },
    recipe: {
      ...byPost,
      login: { request: 'POST /login', form: { username: '${USER}', password: '${PASSWORD}' } },
      csrf: { from: 'GET /login', css: 'input[name=_csrf]', as: 'field _csrf' },
    },
    source: '"Hello Spring Security", Spring Boot\'s defaults',
    remark:
      'Rotation, logout on the server, CSRF tokens, no-store and nosniff are there without a line of code; the app has no page of its own, so B22 asked for no Content-Security-Policy. The logout leaves the cookie in the browser (deleteCookies), redirects follow the Host header (allowed hosts are documented), and SameSite is one setting.',
  },
  ...ARTICLES,
];

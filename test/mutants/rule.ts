import type { Answers } from '../../src/options/options.ts';

/** How app.ts asks its rules: in the middleware of Express and Koa, in a hook of Fastify. */
export interface Rules {
  /** Node's request. */
  raw: string;
  crossSite: string;
  https: string;
  noStore: string;
  /** Statements in the place of a rule; where a request is in \`raw\`, and an answer in \`response\` or \`ctx\`. */
  asked(statements: string): string;
}

export const RULES: Readonly<Record<Answers['framework'], Rules>> = {
  express: {
    raw: 'request',
    crossSite: 'app.use(rule((request) => refuseCrossSite(request, config.origins, services.log)));',
    https: 'app.use(rule((request) => requireHttps(request, config.trustProxy)));',
    noStore: 'routes.use(rule((_request, response) => response.set(NO_STORE)));',
    asked: (statements) =>
      `use(rule((request, response) => {\n    ${statements}\n    return response;\n  }));`,
  },
  fastify: {
    raw: 'raw',
    crossSite: 'refuseCrossSite(raw, config.origins, services.log);',
    https: 'requireHttps(raw, config.trustProxy);',
    noStore: 'reply.headers(NO_STORE);',
    asked: (statements) => statements,
  },
  koa: {
    raw: 'ctx.req',
    crossSite: 'app.use(rule(({ req }) => refuseCrossSite(req, config.origins, services.log)));',
    https: 'app.use(rule(({ req }) => requireHttps(req, config.trustProxy)));',
    noStore: 'app.use(rule((ctx) => ctx.set(NO_STORE)));',
    asked: (statements) => `use(rule((ctx) => {\n    ${statements}\n  }));`,
  },
};

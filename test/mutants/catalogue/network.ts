// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Proxies, plain HTTP and TLS. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const PROXY = ['https.test.ts', 'config.test.ts'];

const trust = mutantsOf({ file: 'src/protection/addresses.ts', tests: PROXY }, [
  {
    id: 'everybody-trusted-by-default',
    requirement: '4.1.3',
    also: ['15.3.4'],
    what: 'Without a configured proxy, every client is believed about its address.',
    find: 'if (items.length === 0) return () => false;',
    replace: 'if (items.length === 0) return () => true;',
  },
  {
    id: 'one-hop-too-many',
    requirement: '4.1.3',
    what: 'One more address than there are proxies is believed: the one that the client wrote.',
    find: 'hop < hops',
    replace: 'hop <= hops',
  },
  {
    id: 'hops-without-bound',
    requirement: '4.1.3',
    what: 'Any number of proxies is accepted, so that all of the header is believed.',
    find: 'if (hops < 1 || hops > MAX_HOPS)',
    replace: 'if (hops < 1)',
  },
  {
    id: 'everybody-trusted-by-network',
    requirement: '4.1.3',
    what: 'A network that holds everybody is accepted as proxies.',
    find: 'if (bits === 0) throw',
    replace: 'if (bits < 0) throw',
  },
  {
    id: 'single-address-is-a-network',
    requirement: '4.1.3',
    what: 'An address of one proxy is taken for its whole neighbourhood.',
    find: '? 32 : 128',
    replace: '? 24 : 64',
  },
  {
    id: 'any-network-trusted',
    requirement: '4.1.3',
    what: 'Whoever has an address is believed once there is a proxy.',
    find: "networks.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')",
    replace: 'networks !== undefined',
  },
]);

const leftmost = [
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['express'], tests: PROXY }, [
    {
      id: 'leftmost-address-believed',
      requirement: '15.3.4',
      what: 'The address is the one that the client wrote.',
      find: "app.set('trust proxy', config.trustProxy)",
      replace: "app.set('trust proxy', true)",
    },
    {
      id: 'proxies-ignored',
      requirement: '4.1.3',
      what: 'Behind a proxy all clients have the address of the proxy, and are throttled as one.',
      find: "app.set('trust proxy', config.trustProxy)",
      replace: "app.set('trust proxy', false)",
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: PROXY }, [
    {
      id: 'leftmost-address-believed',
      requirement: '15.3.4',
      what: 'The address is the one that the client wrote.',
      find: 'trustProxy: config.trustProxy,',
      replace: 'trustProxy: true,',
    },
    {
      id: 'proxies-ignored',
      requirement: '4.1.3',
      what: 'Behind a proxy all clients have the address of the proxy, and are throttled as one.',
      find: 'trustProxy: config.trustProxy,',
      replace: 'trustProxy: false,',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['koa'], tests: PROXY }, [
    {
      id: 'leftmost-address-believed',
      requirement: '15.3.4',
      what: 'The address is the one that the client wrote.',
      find: 'chain.find((address, hop) => !trustProxy(address, hop)) ?? chain.at(-1)',
      replace: '(trustProxy, chain.at(-1))',
    },
    {
      id: 'proxies-ignored',
      requirement: '4.1.3',
      what: 'Behind a proxy all clients have the address of the proxy, and are throttled as one.',
      find: 'chain.find((address, hop) => !trustProxy(address, hop)) ?? chain.at(-1)',
      replace: '(trustProxy, chain[0])',
    },
  ]),
];

const addresses = mutantsOf(
  { file: 'src/protection/addresses.ts', tests: ['https.test.ts', 'throttling.test.ts'] },
  [
    {
      id: 'ipv6-counted-by-address',
      requirement: '6.3.1',
      what: 'A client of IPv6 has as many attempts as addresses: 2^64 times as many.',
      find: "`${groups(plain).slice(0, 4).join(':')}::/64`",
      replace: 'plain',
    },
    {
      id: 'mapped-addresses-counted-apart',
      requirement: '6.3.1',
      what: 'A client of IPv4 counts as another one where the socket is a dual-stack one.',
      find: "return mapped ?? ip.replace(/%.*$/, '');",
      replace: "return mapped ? ip : ip.replace(/%.*$/, '');",
    },
    {
      id: 'whole-ipv4-address-kept',
      requirement: '7.5.2',
      what: 'The list of sessions keeps whole addresses, which follow a person.',
      find: "return plain.replace(/\\d+$/, '0');",
      replace: 'return plain;',
      tests: ['sessions.test.ts'],
    },
    {
      id: 'whole-ipv6-address-kept',
      requirement: '7.5.2',
      what: 'The list of sessions keeps whole IPv6 addresses, which follow a person.',
      find: "`${groups(plain).slice(0, 3).join(':')}::`",
      replace: 'plain',
    },
  ],
);

const plainHttp = mutantsOf({ file: 'src/protection/https.ts', tests: ['https.test.ts'] }, [
  {
    id: 'forwarded-proto-of-anybody',
    requirement: '4.1.3',
    what: 'Whoever says that a request was https is believed.',
    find: "trustProxy(socket.remoteAddress ?? '', 0) ? headers",
    replace: 'trustProxy !== undefined ? headers',
  },
  {
    id: 'plain-http-served',
    requirement: '12.2.1',
    also: ['NIST 5.1'],
    what: 'The app answers over plain HTTP.',
    find: "if (!isHttps) throw new ApiError('https_required');",
    replace: 'void isHttps;',
  },
  {
    id: 'proxy-need-not-say-https',
    requirement: '12.2.1',
    what: 'A trusted proxy may pass on what came to it in clear.',
    find: ".every((scheme) => scheme.trim() === 'https')",
    replace: ".every((scheme) => scheme.trim() !== 'http')",
  },
  {
    id: 'first-proto-counts',
    requirement: '4.1.3',
    what: 'Of several values of X-Forwarded-Proto the one that the client wrote counts.',
    find: ".every((scheme) => scheme.trim() === 'https')",
    replace: ".slice(0, 1).every((scheme) => scheme.trim() === 'https')",
  },
  {
    id: 'last-proto-counts',
    requirement: '12.2.1',
    what: 'Of several proxies only the last one must have been reached by https.',
    find: ".every((scheme) => scheme.trim() === 'https')",
    replace: ".slice(-1).every((scheme) => scheme.trim() === 'https')",
  },
  {
    id: 'tls-of-the-proxy-counts',
    requirement: '12.2.1',
    what: 'What came to a proxy in clear passes because the proxy itself speaks TLS to the app.',
    find: 'said === undefined\n      ? (socket as Partial<TLSSocket>).encrypted',
    replace:
      'said === undefined || (socket as Partial<TLSSocket>).encrypted\n      ? (socket as Partial<TLSSocket>).encrypted',
  },
  {
    id: 'redirect-to-host-header',
    requirement: '3.7.2',
    what: 'The redirect leads to whatever host the request names.',
    find: '`${origin}${path.pathname',
    replace: '`https://${request.headers.host}${path.pathname',
  },
  {
    id: 'redirect-takes-slashes',
    requirement: '3.7.2',
    what: 'A path that begins with two slashes is taken over.',
    find: "path.pathname.replace(/^\\/+/, '/')",
    replace: 'path.pathname',
  },
  {
    id: 'redirect-takes-absolute-address',
    requirement: '3.7.2',
    what: 'A request line with a whole address is taken over.',
    find: "new URL(`http://local${request.url?.startsWith('/') ? request.url : '/'}`)",
    replace: "new URL(request.url ?? '/', 'http://local')",
  },
  {
    id: 'redirect-without-path',
    requirement: '3.7.2',
    what: 'The redirect forgets where somebody wanted to go.',
    find: "${path.pathname.replace(/^\\/+/, '/')}${path.search}",
    replace: '/${path.search.slice(0, 0)}',
  },
  {
    id: 'redirect-for-posts',
    requirement: '4.1.2',
    what: 'A form that was sent in clear is sent again, and nobody notices.',
    find: "request.method === 'GET' && String(request.headers.accept)",
    replace: 'String(request.headers.accept)',
  },
  {
    id: 'redirect-for-scripts',
    requirement: '4.1.2',
    what: 'A script that speaks plain HTTP goes on doing so unnoticed.',
    find: " && String(request.headers.accept).includes('text/html')",
    replace: '',
  },
]);

const pipeline = (['express', 'fastify', 'koa'] as const).flatMap((framework) => {
  const raw = { express: 'request', fastify: 'request.raw', koa: 'ctx.req' }[framework];
  return mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests: ['https.test.ts'] }, [
    {
      id: 'https-not-required',
      requirement: '12.2.1',
      what: 'The app does not look whether a request came by https.',
      find: `requireHttps(${raw}, config.trustProxy);`,
      replace: '',
    },
  ]);
});

const tls = mutantsOf({ file: 'src/protection/https.ts', tests: ['https.test.ts', 'server.test.ts'] }, [
  {
    id: 'old-tls',
    requirement: '12.1.1',
    what: 'TLS 1.0 is spoken.',
    find: "minVersion: 'TLSv1.2',\n  ciphers: 'TLS_AES_256_GCM_SHA384:",
    replace: "minVersion: 'TLSv1',\n  ciphers: 'ALL:@SECLEVEL=0:TLS_AES_256_GCM_SHA384:",
  },
  {
    id: 'old-tls-version-alone',
    requirement: '12.1.1',
    what: 'TLS 1.0 is allowed.',
    find: "minVersion: 'TLSv1.2'",
    replace: "minVersion: 'TLSv1'",
    equivalent: 'All ciphers on the list need TLS 1.2, so no older handshake can succeed.',
  },
  {
    id: 'no-tls-1.3',
    requirement: '12.1.1',
    what: 'The newest TLS is not spoken.',
    find: "minVersion: 'TLSv1.2',",
    replace: "minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2',",
  },
  {
    id: 'ciphers-without-forward-secrecy',
    requirement: '12.1.2',
    what: 'Recorded traffic can be read by whoever gets the key later.',
    find: ":ECDHE+AESGCM:ECDHE+CHACHA20'",
    replace: ":ECDHE+AESGCM:ECDHE+CHACHA20:AES256-GCM-SHA384'",
  },
  {
    id: 'ciphers-cbc',
    requirement: '12.1.2',
    what: 'Ciphers without authenticated encryption are offered.',
    find: ":ECDHE+AESGCM:ECDHE+CHACHA20'",
    replace: ":ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE'",
  },
]);

const server = mutantsOf({ file: 'src/server.ts', tests: ['server.test.ts'] }, [
  {
    id: 'server-without-tls-options',
    requirement: '12.1.2',
    what: 'The process takes whatever protocols and ciphers Node takes by default.',
    find: 'createHttpsServer({ ...TLS_OPTIONS, ...config.tls }, app)',
    replace: 'createHttpsServer({ honorCipherOrder: TLS_OPTIONS === undefined, ...config.tls }, app)',
  },
  {
    id: 'redirect-serves-the-app',
    requirement: '12.2.1',
    what: 'The plain port answers as the app, not with a redirect.',
    find: "createHttpServer(redirectToHttps(config.origins[0] ?? ''))",
    replace:
      "createHttpServer(redirectToHttps === undefined ? app : (_request, response) => response.end('{}'))",
  },
]);

const engines = [
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['postgres'], tests: ['config.test.ts'] }, [
    {
      id: 'engine-without-verified-tls',
      requirement: '12.3.1',
      what: 'Production reads sessions over a connection that anybody between can read.',
      find: "=== 'verify-full' ? null",
      replace: "!== 'disable' ? null",
    },
    {
      id: 'engine-certificate-not-verified',
      requirement: '12.3.1',
      what: 'Production takes any server for its engine.',
      find: "=== 'verify-full' ? null",
      replace: '!== null ? null',
    },
  ]),
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['redis'], tests: ['config.test.ts'] }, [
    {
      id: 'engine-without-verified-tls',
      requirement: '12.3.1',
      what: 'Production reads sessions over a connection that anybody between can read.',
      find: "node.startsWith('rediss://')",
      replace: "node.startsWith('redis')",
    },
    {
      id: 'one-node-with-verified-tls',
      requirement: '12.3.1',
      what: 'Of a cluster one node with TLS is enough.',
      find: "nodes.every((node) => node.startsWith('rediss://'))",
      replace: "nodes.some((node) => node.startsWith('rediss://'))",
    },
  ]),
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['mongo'], tests: ['config.test.ts'] }, [
    {
      id: 'engine-without-verified-tls',
      requirement: '12.3.1',
      what: 'Production reads sessions over a connection that anybody between can read.',
      find: "if (!tls) return 'needs tls=true';",
      replace: 'void tls;',
    },
    {
      id: 'engine-certificate-not-verified',
      requirement: '12.3.1',
      what: 'Production takes any server for its engine.',
      find: "if (rejectUnauthorized === false || checkServerIdentity) return 'must not allow invalid certificates';",
      replace: 'void [rejectUnauthorized, checkServerIdentity];',
    },
  ]),
];

export const NETWORK: Mutant[] = [
  ...trust,
  ...leftmost,
  ...addresses,
  ...plainHttp,
  ...pipeline,
  ...tls,
  ...server,
  ...engines,
];

/** Attack: learn which software answers, and in which version, to know what to try. */
import { type Check, fail, pass } from '../check.ts';
import { headerOf } from '../http/exchange.ts';

export const fingerprint: Check = {
  id: 'B36',
  title: 'No header names the software',
  area: 'transport',
  asvs: '13.4.6',
  wstg: 'WSTG-INFO-02',
  fix: 'Remove X-Powered-By, and versions from Server.',
  own: 'src/app.ts createApp',
  async run(app) {
    for (const exchange of app.traffic) {
      const powered = headerOf(exchange, 'x-powered-by') ?? headerOf(exchange, 'x-aspnet-version');
      if (powered !== undefined) return fail('B', `X-Powered-By: ${powered}`, exchange);
      const server = headerOf(exchange, 'server') ?? '';
      if (/\d/.test(server)) return fail('B', `Server: ${server}`, exchange);
    }
    return pass(`${app.traffic.length} answers`);
  },
};

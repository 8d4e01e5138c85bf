// Loaded into a judge with --import: its ports 80 and 443 of every host are those of the site under test. No other
// port is reached, so nothing leaves this machine.
import { Socket } from 'node:net';

const ports = JSON.parse(process.env.JUDGED_PORTS);
const { connect } = Socket.prototype;

Socket.prototype.connect = function connectToSite(...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const port = ports[options.port];
  if (port === undefined) throw new Error(`no judge has business with port ${options.port}`);
  Object.assign(options, { host: '127.0.0.1', port });
  return connect.apply(this, args);
};

/**
 * Listens for SCTP on a port of every IPv4 address of its machine, until it is ended; says so on standard output.
 *
 * usage: node sctp-server.ts PORT
 */
import koffi from 'koffi';

const [AF_INET, SOCK_STREAM, IPPROTO_SCTP] = [2, 1, 132];
const libc = koffi.load(null);
const socket = libc.func('int socket(int, int, int)');
const bind = libc.func('int bind(int, void *, uint32_t)');
const listen = libc.func('int listen(int, int)');

const address = new Uint8Array(16);
const view = new DataView(address.buffer);
view.setUint16(0, AF_INET, true);
view.setUint16(2, Number(process.argv[2]));
const fd = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
if (bind(fd, address, address.length) < 0 || listen(fd, 5) < 0) throw new Error(`errno ${koffi.errno()}`);
console.log('listening');
setInterval(() => undefined, 60_000);

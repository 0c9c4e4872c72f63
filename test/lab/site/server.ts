/**
 * The web server of a real server, on ports 80 and 8080 of every address: `GET /N` is answered with N bytes that begin
 * with the server's name, and the connection is closed.
 *
 * usage: server.ts NAME
 */
import { createServer } from 'node:net';

const name = process.argv[2] ?? 'unnamed';
const PORTS = [80, 8080];
const LARGEST_ANSWER = 1_000_000;

const server = () =>
  createServer((connection) => {
    connection.on('error', () => connection.destroy());
    connection.setTimeout(60_000, () => connection.destroy());
    connection.once('data', (request) => {
      const size = Math.min(
        Number(/^GET \/(\d+)/.exec(request.toString('latin1'))?.[1] ?? 0),
        LARGEST_ANSWER,
      );
      const body = `${name}\n`.padEnd(size, '.');
      connection.end(`HTTP/1.0 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
    });
  });

let waiting = PORTS.length;
for (const port of PORTS) {
  server().listen(port, '::', () => {
    waiting -= 1;
    if (waiting === 0) {
      console.log('listening');
    }
  });
}

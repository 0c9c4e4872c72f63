import { describe, expect, it } from 'vitest';
import { formatRealServer } from '../../src/ipvs/identity.ts';
import { parseRealServers } from '../../src/ipvs/real-server-list.ts';

const read = (text: string, port?: number) => parseRealServers(text, port).map(formatRealServer);

describe('real servers in one text', () => {
  it.each([
    ['10.0.0.21:8080', ['10.0.0.21:8080']],
    ['10.0.0.21', ['10.0.0.21:80']],
    ['10.0.0.21-23:8080', ['10.0.0.21:8080', '10.0.0.22:8080', '10.0.0.23:8080']],
    ['10.0.0.9-10', ['10.0.0.9:80', '10.0.0.10:80']],
    ['10.0.0.21-10.0.0.22:81', ['10.0.0.21:81', '10.0.0.22:81']],
    ['10.0.0.21, 10.0.0.25:81 [2001:db8::1]:82', ['10.0.0.21:80', '10.0.0.25:81', '[2001:db8::1]:82']],
    ['10.0.0.7-7', ['10.0.0.7:80']],
  ])('%s', (text, realServers) => {
    expect(read(text, 80)).toEqual(realServers);
  });

  it.each([
    ['10.0.0.24-21:8080', 'the range does not end behind its beginning'],
    ['10.0.0.250-300', 'is not an IPv4 address'],
    ['10.0.0.1-10.0.1.2', 'the range does not end behind its beginning'],
    ['10.0.0.1,10.0.0.1', 'it is named twice'],
    ['10.0.0.1-2,10.0.0.2', 'it is named twice'],
    ['10.0.0.0-255 10.0.1.0-1', 'more than 256'],
    ['', 'is not an IPv4 address'],
    ['web-1', 'is not an IPv4 address'],
  ])('%s is refused', (text, reason) => {
    expect(() => read(text, 80)).toThrow(reason);
  });

  it('need a port where none is given for them', () => {
    expect(() => read('10.0.0.1-2')).toThrow('the port is missing');
  });
});

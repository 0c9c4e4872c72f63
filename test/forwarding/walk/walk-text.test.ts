import { describe, expect, it } from 'vitest';
import { lineText, plainWalk, walkText } from '../../../src/forwarding/walk/walk-text.ts';
import { type Errand, walked } from './walked.ts';

const errands: Readonly<Record<string, Errand>> = {
  NAT: { service: 'tcp:203.0.113.10:80', realServer: '10.0.0.21:8080', settings: { forwarding: 'nat' } },
  'DR that does not arrive': { service: 'tcp:203.0.113.10:80', realServer: '10.99.0.1:80' },
  'TUN by GUE': {
    service: 'tcp:203.0.113.10:80',
    realServer: '10.20.0.1:80',
    settings: { forwarding: 'tun', tunnel: { type: 'gue', port: 6080, checksum: 'remote' } },
  },
  'IPv6 in IPv6 by GRE': {
    service: 'udp:[2001:db8:10::53]:53',
    realServer: '[fd00:1234:5678:9abc:def0:1234:5678:9abc]:53',
    client: '2001:db8:1234:5678:9abc:def0:1234:5678',
    settings: { forwarding: 'tun', tunnel: { type: 'gre', port: 0, checksum: 'yes' } },
  },
  'a firewall mark': { service: 'fwm:7', realServer: '10.0.5.41:0' },
};

describe('a drawn walk', () => {
  it.each(Object.entries(errands))('of %s fits 80 cells, and ASCII where asked', async (_, errand) => {
    const walk = await walked(errand);
    for (const ascii of [false, true]) {
      const text = plainWalk(walk, { width: 80, ascii });
      // Commands are for copying, so they are not broken.
      const lines = text.split('\n').filter((line) => !/^ {4}(ip|lvstop|sysctl) /.test(line));
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(/^[\x20-\x7e\n]*$/.test(text)).toBe(ascii);
    }
  });

  it.each(Object.entries(errands))('of %s in boxes is as wide as it may be, no wider', async (_, errand) => {
    const { request } = walkText(await walked(errand), { width: 64, ascii: false, boxes: true });
    const lines = request.map(lineText);
    expect(lines.filter((line) => line.length > 64)).toEqual([]);
    const boxes = lines.filter((line) => /^[┌│└]/.test(line));
    expect(boxes.every((line) => line.length === 64 && /[┐│┘]$/.test(line))).toBe(true);
    expect(lines[1]).toMatch(/^┌─ client \S+ ─+┐$/);
  });

  it('breaks long pairs of addresses at the arrow', async () => {
    const errand = errands['IPv6 in IPv6 by GRE'];
    if (errand === undefined) throw new Error('no errand');
    const text = plainWalk(await walked(errand), { width: 60, ascii: true });
    expect(text).toContain('|   [2001:db8:1234:5678:9abc:def0:1234:5678]:40000\n');
    expect(text.split('\n').filter((line) => line.length > 60)).toEqual([]);
  });

  it('tells the outer header, the room and the port of GUE', async () => {
    const errand = errands['TUN by GUE'];
    if (errand === undefined) throw new Error('no errand');
    const text = plainWalk(await walked(errand), { width: 80, ascii: true });
    expect(text).toContain('10.0.0.2 -> 10.20.0.1  IPv4, UDP to port 6080 (GUE with remote checksum)');
    expect(text).toContain('MTU 1600 less 40 around it: room for 1560 bytes, MSS 1520');
    expect(text).toContain('past the director');
  });

  it('says what is made up', async () => {
    const errand = errands['a firewall mark'];
    if (errand === undefined) throw new Error('no errand');
    expect(plainWalk(await walked(errand), { width: 400, ascii: true })).toContain(
      'no connection to show: client 192.0.2.44 is an example; what the firewall marks is not known here',
    );
  });
});

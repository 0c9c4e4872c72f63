import { describe, expect, test } from 'vitest';
import { allRealServers, type Director } from '../../src/director/director.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { formatRealServer } from '../../src/ipvs/identity.ts';
import { directorWith, real, web } from '../changes/table.ts';
import { lvstop, words } from './harness.ts';

const gue = {
  forwarding: 'tun',
  weight: 3,
  upperThreshold: 100,
  lowerThreshold: 50,
  tunnel: { type: 'gue', port: 6080, checksum: 'yes' },
} as const;

function site(): Director {
  return directorWith({
    'tcp:203.0.113.10:80': [
      { scheduler: 'wrr', persistence: { timeout: 300, netmask: 0xffffff00 } },
      ['10.0.0.21:80', gue],
      ['10.0.0.22:8080', { forwarding: 'nat' }],
    ],
    'udp:203.0.113.10:5060': [
      { persistence: { timeout: 60, netmask: 0xffffffff }, engine: 'sip', onePacket: true },
    ],
  });
}

function realServer(director: Director, text: string) {
  return allRealServers(director, web).find((entry) => formatRealServer(entry.realServer.identity) === text)
    ?.realServer;
}

const simulated = 'SIMULATED: done on a director that ends with this command; nothing else was changed\n';

/** A call, the lines of standard error before the simulated director's, and standard output. */
const calls: readonly (readonly [call: string, lines: string, done: string])[] = [
  [
    'add service tcp:203.0.113.10:443 --scheduler sh --flags sh-port --persistent 60 --netmask 24',
    'ipvsadm -A -t 203.0.113.10:443 -s sh -p 60 -M 255.255.255.0 -b sh-port\n',
    'add service tcp:203.0.113.10:443: sh, flags sh-port, persistent 60 s by 255.255.255.0\n',
  ],
  [
    'add service udp:[2001:db8:10::53]:54 --one-packet -s rr',
    'ipvsadm -A -u [2001:db8:10::53]:54 -s rr -o\n',
    'add service udp:[2001:db8:10::53]:54: rr, one-packet\n',
  ],
  [
    'add service udp:203.0.113.25:5060 --engine sip --persistent 60',
    'ipvsadm -A -u 203.0.113.25:5060 -s wlc -p 60 --pe sip\n',
    'add service udp:203.0.113.25:5060: wlc, persistent 60 s, engine sip\n',
  ],
  [
    'edit service tcp:203.0.113.10:80 --persistent 600',
    'ipvsadm -E -t 203.0.113.10:80 -s wrr -p 600 -M 255.255.255.0\n',
    'edit service tcp:203.0.113.10:80: persistence 300 s by 255.255.255.0 → 600 s by 255.255.255.0\n',
  ],
  [
    'edit service tcp:203.0.113.10:80 --netmask 255.255.0.0',
    'ipvsadm -E -t 203.0.113.10:80 -s wrr -p 300 -M 255.255.0.0\nwarning: with another mask clients are grouped anew, and may be sent to another real server\n',
    'edit service tcp:203.0.113.10:80: persistence 300 s by 255.255.255.0 → 300 s by 255.255.0.0\n',
  ],
  [
    'edit service tcp:203.0.113.10:80 --persistent none',
    'ipvsadm -E -t 203.0.113.10:80 -s wrr\nwarning: clients lose their hold on the real server that they were sent to\n',
    'edit service tcp:203.0.113.10:80: persistence 300 s by 255.255.255.0 → none\n',
  ],
  [
    'edit service udp:203.0.113.10:5060 --engine none --no-one-packet',
    'ipvsadm -E -u 203.0.113.10:5060 -s wlc -p 60\n',
    'edit service udp:203.0.113.10:5060: one-packet on → off, engine sip → none\n',
  ],
  [
    'edit service udp:203.0.113.10:5060 --scheduler sh --flags fallback,port',
    'ipvsadm -E -u 203.0.113.10:5060 -s sh -p 60 --pe sip -o -b sh-fallback,sh-port\nwarning: for a moment no scheduler is bound, and connections that begin in it are rejected; established ones keep their real server\n',
    'edit service udp:203.0.113.10:5060: scheduler wlc → sh, flags none → sh-fallback,sh-port\n',
  ],
  [
    'add real tcp:203.0.113.10:80 10.0.0.23:8080 --forwarding nat --weight 3 --upper 10 --lower 5',
    'ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.23:8080 -m -w 3 -x 10 -y 5\n',
    'add real server 10.0.0.23:8080 of tcp:203.0.113.10:80: NAT, weight 3, upper threshold 10, lower threshold 5\n',
  ],
  [
    'add real tcp:203.0.113.10:80 10.0.0.23 --forwarding tun --tunnel gre --tunnel-checksum yes',
    'ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.23:80 -i -w 1 --tun-type gre --tun-csum\n',
    'add real server 10.0.0.23:80 of tcp:203.0.113.10:80: TUN, weight 1, tunnel gre with checksum\n',
  ],
  [
    'edit real tcp:203.0.113.10:80 10.0.0.21 --upper 200',
    'ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -i -w 3 --tun-type gue --tun-port 6080 --tun-csum -x 200 -y 50\n',
    'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: upper threshold 100 → 200\n',
  ],
  [
    'edit real tcp:203.0.113.10:80 10.0.0.21 --tunnel-checksum remote',
    'ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -i -w 3 --tun-type gue --tun-port 6080 --tun-remcsum -x 100 -y 50\n',
    'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: tunnel gue:6080 with checksum → gue:6080 with remote checksum\n',
  ],
  [
    'weight tcp:203.0.113.10:80 10.0.0.22:8080 7',
    'ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.22:8080 -m -w 7\n',
    'edit real server 10.0.0.22:8080 of tcp:203.0.113.10:80: weight 1 → 7\n',
  ],
  [
    'mode tcp:203.0.113.10:80 10.0.0.21:80 nat',
    "ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -m -w 3 -x 100 -y 50\nwarning: NAT needs ip_forward=1 on the director, and the director as the real server's gateway, so that responses come back through it\n" +
      [
        'On the director:',
        '  NAT: ip_forward=1; an interface towards the clients and one towards the real servers',
        '  nothing that was looked at in its network speaks against it',
        'On each real server, before the switch:',
        '  NAT: its gateway is the director',
        '  lvstop setup tcp:203.0.113.10:80 10.0.0.21:80 --mode nat | ssh root@10.0.0.21 sh',
        'On each real server, when the connections from before have ended:',
        '  takes back what a script of lvstop has set up there for the former mode',
        '  lvstop setup tcp:203.0.113.10:80 10.0.0.21:80 --mode tun --tunnel gue --tunnel-port 6080 --tunnel-checksum yes --undo | ssh root@10.0.0.21 sh',
        '',
      ].join('\n'),
    'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: forwarding TUN → NAT, tunnel gue:6080 with checksum → ipip\n',
  ],
  [
    'scheduler tcp:203.0.113.10:80 wlc',
    'ipvsadm -E -t 203.0.113.10:80 -s wlc -p 300 -M 255.255.255.0\nwarning: for a moment no scheduler is bound, and connections that begin in it are rejected; established ones keep their real server\n',
    'edit service tcp:203.0.113.10:80: scheduler wrr → wlc\n',
  ],
];

describe('a command that writes', () => {
  test.each(calls)('%s', async (call, lines, done) => {
    const director = site();
    const ended = await lvstop(words(call), { director });
    expect(ended).toEqual({ exitCode: 0, out: done, err: `${lines}${simulated}` });
    const again = await lvstop(words(call), { director });
    expect(again).toEqual({ exitCode: 0, out: '', err: 'already so: nothing to do\n' });
  });

  test.each(calls)('only says with --dry-run: %s', async (call, lines) => {
    const director = site();
    const before = JSON.stringify([...director.serviceBatches()].flat());
    const { exitCode, out, err } = await lvstop([...words(call), '--dry-run'], { director });
    expect(exitCode).toBe(0);
    expect(`${out}${err}`).toBe(lines);
    expect(JSON.stringify([...director.serviceBatches()].flat())).toBe(before);
  });

  test('keeps what was not named', async () => {
    const director = site();
    await lvstop(words('weight tcp:203.0.113.10:80 10.0.0.21:80 9'), { director });
    expect(realServer(director, '10.0.0.21:80')).toEqual({
      identity: real('10.0.0.21:80'),
      ...gue,
      weight: 9,
    });
  });
});

describe('what destroys', () => {
  const call = words('delete real tcp:203.0.113.10:80 10.0.0.22:8080');

  test('needs --yes without a terminal', async () => {
    const director = site();
    const { exitCode, out, err } = await lvstop(call, { director });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toBe(
      'ipvsadm -d -t 203.0.113.10:80 -r 10.0.0.22:8080\nlvstop: confirm "delete real server 10.0.0.22:8080 of tcp:203.0.113.10:80, which has no connections": it destroys or interrupts something, and there is no terminal to ask on; give --yes if that is meant; nothing was done\n',
    );
    expect(realServer(director, '10.0.0.22:8080')).toBeDefined();
  });

  test('is done with --yes', async () => {
    const director = site();
    const { exitCode, out } = await lvstop([...call, '--yes'], { director });
    expect(exitCode).toBe(0);
    expect(out).toBe('delete real server 10.0.0.22:8080 of tcp:203.0.113.10:80, which has no connections\n');
    expect(realServer(director, '10.0.0.22:8080')).toBeUndefined();
  });

  test.each([true, false])('asks on a terminal: %s', async (answer) => {
    const director = site();
    const { exitCode, err } = await lvstop(call, { director, answer });
    expect(err).toContain('Do this?');
    expect(exitCode).toBe(answer ? 0 : 2);
    expect(realServer(director, '10.0.0.22:8080') === undefined).toBe(answer);
  });

  test('is zeroing too, of one service or of all', async () => {
    const director = site();
    expect((await lvstop(words('zero tcp:203.0.113.10:80'), { director })).exitCode).toBe(2);
    expect(await lvstop(words('zero tcp:203.0.113.10:80 --yes'), { director })).toEqual({
      exitCode: 0,
      out: 'zero counters of service tcp:203.0.113.10:80\n',
      err: `ipvsadm -Z -t 203.0.113.10:80\n${simulated}`,
    });
    expect((await lvstop(words('zero --yes'), { director })).err).toContain('ipvsadm -Z\n');
    expect((await lvstop(words('zero tcp:203.0.113.99:80 --yes'), { director })).exitCode).toBe(4);
  });

  test('does not ask for what destroys nothing', async () => {
    const { err } = await lvstop(words('weight tcp:203.0.113.10:80 10.0.0.22:8080 5'), {
      director: site(),
      answer: false,
    });
    expect(err).not.toContain('Do this?');
  });

  test('asks when the last real server gets weight 0', async () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
    const { exitCode, err } = await lvstop(words('weight tcp:203.0.113.10:80 10.0.0.21 0'), { director });
    expect(exitCode).toBe(2);
    expect(err).toContain('every new connection is rejected');
  });

  test('asks when a service goes', async () => {
    const director = site();
    expect((await lvstop(words('delete service tcp:203.0.113.10:80'), { director })).exitCode).toBe(2);
    expect((await lvstop(words('delete service tcp:203.0.113.10:80 --yes'), { director })).exitCode).toBe(0);
    expect(director.findService(web)).toBeUndefined();
  });

  test('shows delete and add when a mapped port is switched', async () => {
    const director = site();
    const call = words('mode tcp:203.0.113.10:80 10.0.0.22:8080 tun');
    const { err } = await lvstop(call, { director });
    expect(err).toContain(
      'ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.22:80 -i -w 1 --tun-type ipip\nipvsadm -d -t 203.0.113.10:80 -r 10.0.0.22:8080\n',
    );
    expect(err).toContain('" and 1 step more: it destroys');
    expect((await lvstop([...call, '--yes'], { director })).exitCode).toBe(0);
    expect(realServer(director, '10.0.0.22:80')?.forwarding).toBe('tun');
  });
});

describe('what cannot be', () => {
  test.each([
    [
      'weight tcp:203.0.113.10:80 10.0.0.21 -1',
      2,
      /-1 is not a weight; give a whole number from 0 to 2147483647/,
    ],
    ['weight tcp:203.0.113.10:80 10.0.0.21 2147483648', 2, /2147483648 is not a weight/],
    ['weight tcp:203.0.113.10:80 10.0.0.21 1.5', 2, /1\.5 is not a weight/],
    [
      'edit real tcp:203.0.113.10:80 10.0.0.21',
      2,
      /nothing was named to be changed; give at least one setting, like --weight <n>/,
    ],
    [
      'edit service tcp:203.0.113.10:80',
      2,
      /nothing was named to be changed; give at least one setting, like --scheduler <name>/,
    ],
    [
      'edit real tcp:203.0.113.10:80 10.0.0.21 --lower 101',
      2,
      /the lower threshold 101 is over the upper one, 100/,
    ],
    [
      'edit real tcp:203.0.113.10:80 10.0.0.22:8080 --tunnel gre',
      2,
      /tunnel settings mean nothing under NAT/,
    ],
    [
      'edit real tcp:203.0.113.10:80 10.0.0.22:8080 --forwarding dr',
      2,
      /DR does not map ports.*"lvstop mode"/,
    ],
    ['edit real tcp:203.0.113.10:80 10.0.0.21 --tunnel gue', 0, /already so/],
    [
      'add real tcp:203.0.113.10:80 10.0.0.23 --forwarding tun --tunnel gue',
      2,
      /a GUE tunnel needs its UDP port/,
    ],
    [
      'add real tcp:203.0.113.10:80 224.0.0.1',
      2,
      /the multicast address 224\.0\.0\.1 cannot be a real server/,
    ],
    [
      'add real tcp:203.0.113.10:80 10.0.0.22:8080 --forwarding nat --weight 9',
      4,
      /the service has this real server already \(EEXIST\); edit it/,
    ],
    ['add service tcp:203.0.113.10:80 --scheduler rr', 4, /the service is there already \(EEXIST\); edit it/],
    [
      'add service tcp:203.0.113.10:8443 --scheduler nosuch',
      4,
      /the kernel has no scheduler "nosuch" \(ENOENT\); load it with "modprobe ip_vs_nosuch"/,
    ],
    ['add service tcp:203.0.113.10:8443 --scheduler No!', 2, /"No!" cannot be the name of a scheduler/],
    ['add service tcp:203.0.113.10:8443 --one-packet', 2, /one-packet scheduling is for UDP, this is TCP/],
    ['add service tcp:203.0.113.10:0', 2, /port 0 stands for every port and needs persistence/],
    ['delete service fwm:9 --yes', 4, /delete service fwm:9: there is no such service \(ESRCH\)/],
    ['weight fwm:9 10.0.0.21 5', 4, /there is no such service \(ESRCH\)/],
    ['weight tcp:203.0.113.10:80 10.9.9.9 5', 4, /the service has no such real server \(ENOENT\)/],
    [
      'mode tcp:203.0.113.10:80 10.9.9.9 nat',
      4,
      /switch mode 10\.9\.9\.9:80 of tcp:203\.0\.113\.10:80: the service has no such real server/,
    ],
    ['--read-only weight tcp:203.0.113.10:80 10.0.0.21 5', 2, /lvstop was called with --read-only/],
  ])('%s', async (call, code, line) => {
    const director = site();
    const before = JSON.stringify(allRealServers(director, web));
    const { exitCode, out, err } = await lvstop(words(call), { director });
    expect(err).toMatch(line);
    expect(exitCode).toBe(code);
    expect(out).toBe('');
    if (code !== 0) expect(err.split('\n').filter((text) => text.startsWith('lvstop: '))).toHaveLength(1);
    expect(JSON.stringify(allRealServers(director, web))).toBe(before);
  });
});

describe('what the network speaks against', () => {
  const network = createSimulatedNetwork();
  const director = () => directorWith({ 'tcp:203.0.113.10:80': [{}] });

  test('is said, and done all the same: the network may come later', async () => {
    const call = words('add real tcp:203.0.113.10:80 192.168.7.7:80 --forwarding dr');
    const { exitCode, err, out } = await lvstop(call, { director: director(), network });
    expect(exitCode).toBe(0);
    expect(err).toContain('warning: 192.168.7.7:80: there is no route to it (unreachable);');
    expect(out).toContain('add real server 192.168.7.7:80');
  });

  test('is not looked for by an edit that does not change the way of packets', async () => {
    const asked: (readonly string[])[] = [];
    const watched = {
      ...network,
      picture: (addresses: readonly string[]) => {
        asked.push(addresses);
        return network.picture(addresses);
      },
    };
    await lvstop(words('scheduler tcp:203.0.113.10:80 rr'), { director: director(), network: watched });
    expect(asked).toEqual([]);
  });
});

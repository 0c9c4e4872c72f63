/** The command line on the real kernel: what it lists and writes, compared with what ipvsadm sees. */

import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { type Ended, lvstop, words } from '../cli/harness.ts';
import { runProgram } from '../cli/run-program.ts';
import { addService } from '../director/table-edits.ts';
import { flush, ipvsadm, ipvsadmRestore, ipvsadmSave, run } from './guest.ts';

const director = openKernelDirector();
afterAll(() => director.close());
beforeEach(flush);

/** Calls the command line in this process, on the kernel. */
const call = (line: string): Promise<Ended> => lvstop(words(line), { director });

type Json = { readonly [key: string]: Json | Json[] | string | number | null };

/** The whole table with every field, without what moves by itself. */
async function table(): Promise<unknown> {
  const { out } = await call('list --json');
  return JSON.parse(out, (key, value: Json) =>
    ['time', 'stats', 'rates', 'active', 'inactive', 'persistent', 'connectionTableSize'].includes(key)
      ? undefined
      : value,
  );
}

/** A table with every kind of service and real server that ipvsadm can make. */
const everything = `
-A -t 10.9.0.1:80 -s rr
-a -t 10.9.0.1:80 -r 10.1.0.21:8080 -m -w 0
-a -t 10.9.0.1:80 -r 10.1.0.22:8081 -m -w 65535 -x 100 -y 50
-a -t 10.9.0.1:80 -r 10.1.0.23:80 -g -w 1 -x 2147483647
-a -t 10.9.0.1:80 -r 10.1.0.24:80 -i -w 2 --tun-type ipip
-a -t 10.9.0.1:80 -r 10.1.0.25:80 -i -w 3 --tun-type gue --tun-port 6080 --tun-nocsum -x 9
-a -t 10.9.0.1:80 -r 10.1.0.26:80 -i -w 4 --tun-type gue --tun-port 1 --tun-csum
-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gue --tun-port 65535 --tun-remcsum -x 9 -y 9
-a -t 10.9.0.1:80 -r 10.1.0.28:80 -i -w 6 --tun-type gre --tun-nocsum
-a -t 10.9.0.1:80 -r 10.1.0.29:80 -i -w 7 --tun-type gre --tun-csum
-a -t 10.9.0.1:80 -r [fd00:1::21]:80 -i -w 1 --tun-type ipip
-A -t 10.9.0.1:443 -s wrr -p 300
-A -t 10.9.0.1:0 -s wlc -p 2678400 -M 255.255.0.0
-a -t 10.9.0.1:0 -r 10.1.0.21:0 -g -w 1
-a -t 10.9.0.1:0 -r 10.1.0.22:80 -m -w 1
-A -t 10.9.0.2:1 -s lc
-A -t 10.9.0.2:2 -s sed
-A -t 10.9.0.2:3 -s nq
-A -t 10.9.0.2:4 -s lblc
-A -t 10.9.0.2:5 -s lblcr
-A -t 10.9.0.2:6 -s dh
-A -t 10.9.0.2:7 -s fo
-A -t 10.9.0.2:8 -s ovf
-A -t 10.9.0.2:9 -s sh -b sh-fallback
-A -t 10.9.0.2:10 -s sh -b sh-fallback,sh-port
-A -t 10.9.0.2:11 -s mh -b mh-fallback,mh-port
-A -t 10.9.0.2:12 -s mh -p 60 -b mh-port
-A -t 10.9.0.2:13 -s rr -b flag-1,flag-2,flag-3
-A -u 10.9.0.1:53 -s rr -o
-a -u 10.9.0.1:53 -r 10.1.0.21:53 -g -w 1
-A -u 10.9.0.1:5060 -s wlc -p 60 -M 255.255.255.0 --pe sip -o
-A --sctp-service 10.9.0.1:9899 -s wlc
-a --sctp-service 10.9.0.1:9899 -r 10.1.0.21:9900 -m -w 1
-A -t [fd00::9]:80 -s wlc -p 60 -M 64
-a -t [fd00::9]:80 -r [fd00:1::21]:8080 -m -w 1 -x 5
-a -t [fd00::9]:80 -r [fd00:1::22]:80 -g -w 1
-a -t [fd00::9]:80 -r 10.1.0.21:80 -i -w 1 --tun-type gre --tun-csum
-A -u [fd00::9]:53 -s mh -b mh-fallback
-A -f 1 -s sh -p 360 -b sh-port
-a -f 1 -r 10.1.0.21:0 -g -w 1
-a -f 1 -r 10.1.0.22:8080 -m -w 1
-a -f 1 -r 10.1.0.23:8080 -i -w 1 --tun-type ipip
-A -f 1 -6 -s wlc -p 360 -M 1
-a -f 1 -6 -r [fd00:1::21]:0 -g -w 1
-A -f 2147483647 -s wlc -o
`.trim();

/** What \`ipvsadm -S\` of 1.31 leaves out or garbles, and \`ipvsadm -R\` reads: sh's third flag, greater marks. */
const beyondSaving = `
-A -t 10.9.0.3:80 -s sh -b sh-fallback,flag-3
-A -t 10.9.0.3:81 -s mh -b flag-3
-A -f 4294967295 -s rr
-a -f 4294967295 -r 10.1.0.21:0 -g -w 1
`.trim();

const sorted = (text: string) => text.trim().split('\n').sort();
const withoutThresholds = (text: string) => text.replace(/ -[xy] \d+/g, '');

describe('list --format ipvsadm', () => {
  test('is what ipvsadm -Sn prints, with the thresholds that it leaves out', async () => {
    await ipvsadmRestore(everything);
    const { exitCode, out, err } = await runProgram(['lvstop', 'list', '--format', 'ipvsadm']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(sorted(out)).toEqual(sorted(everything));
    expect(sorted(withoutThresholds(out)).join('\n')).toBe(await ipvsadmSave());
  });

  test('has the order of ipvsadm -Sn, where addresses lie so close together that it has one', async () => {
    const close = everything.split('\n').filter((line) => !/^-a -t (10\S+ -r \[|\[\S+ -r 10)/.test(line));
    await ipvsadmRestore(close.join('\n'));
    const { out } = await call('list --format ipvsadm');
    expect(withoutThresholds(out)).toBe(await ipvsadm('-Sn'));
  });

  test('is restored by ipvsadm -R to the same table, every field', async () => {
    await ipvsadmRestore(`${everything}\n${beyondSaving}`);
    const before = await table();
    const { out } = await call('list --format ipvsadm');
    expect(sorted(out)).toEqual(sorted(`${everything}\n${beyondSaving}`));
    await flush();
    await ipvsadmRestore(out);
    expect(await table()).toEqual(before);
    expect((await call('list --format ipvsadm')).out).toBe(out);
  });

  test('goes where ipvsadm’s own saving fails', async () => {
    await ipvsadmRestore(beyondSaving);
    const saved = await ipvsadm('-Sn');
    expect(saved).toContain('-f -1 ');
    expect(saved).toMatch(/-b $/m);
    await flush();
    await expect(ipvsadmRestore(saved)).rejects.toThrow();
  });

  test('says what ipvsadm cannot make', async () => {
    addService(director, {
      identity: { kind: 'address', family: 'inet', protocol: 'protocol-50', address: '10.9.0.1', port: 80 },
      scheduler: 'rr',
      schedulerFlags: 0,
      onePacket: false,
      persistence: null,
      engine: null,
    });
    const { out, err } = await call('list --format ipvsadm');
    expect(out).toBe('-A --xxx-service 10.9.0.1:80 -s rr\n');
    expect(err).toBe('warning: protocol-50:10.9.0.1:80: ipvsadm knows TCP, UDP and SCTP only\n');
    expect(await ipvsadm('-Sn')).toBe(out);
  });
});

/** An edit: the call, the lines of the table that it takes away and those that it brings. */
const edits: readonly (readonly [call: string, gone: string[], come: string[]])[] = [
  [
    'add service tcp:10.9.0.7:80 --scheduler sh --flags sh-port --persistent 60 --netmask 24',
    [],
    ['-A -t 10.9.0.7:80 -s sh -p 60 -M 255.255.255.0 -b sh-port'],
  ],
  ['add service fwm6:4000000000', [], ['-A -f 4000000000 -6 -s wlc']],
  [
    'add service udp:[fd00::9]:5060 --engine sip --persistent 60 --one-packet',
    [],
    ['-A -u [fd00::9]:5060 -s wlc -p 60 --pe sip -o'],
  ],
  [
    'edit service tcp:[fd00::9]:80 --persistent 61',
    ['-A -t [fd00::9]:80 -s wlc -p 60 -M 64'],
    ['-A -t [fd00::9]:80 -s wlc -p 61 -M 64'],
  ],
  [
    'edit service tcp:[fd00::9]:80 --persistent none',
    ['-A -t [fd00::9]:80 -s wlc -p 60 -M 64'],
    ['-A -t [fd00::9]:80 -s wlc'],
  ],
  [
    'edit service tcp:10.9.0.1:0 --netmask 8',
    ['-A -t 10.9.0.1:0 -s wlc -p 2678400 -M 255.255.0.0'],
    ['-A -t 10.9.0.1:0 -s wlc -p 2678400 -M 255.0.0.0'],
  ],
  [
    'edit service udp:10.9.0.1:5060 --engine none --no-one-packet',
    ['-A -u 10.9.0.1:5060 -s wlc -p 60 -M 255.255.255.0 --pe sip -o'],
    ['-A -u 10.9.0.1:5060 -s wlc -p 60 -M 255.255.255.0'],
  ],
  [
    'edit service udp:10.9.0.1:5060 --persistent 90',
    ['-A -u 10.9.0.1:5060 -s wlc -p 60 -M 255.255.255.0 --pe sip -o'],
    ['-A -u 10.9.0.1:5060 -s wlc -p 90 -M 255.255.255.0 --pe sip -o'],
  ],
  [
    'scheduler tcp:10.9.0.2:10 mh',
    ['-A -t 10.9.0.2:10 -s sh -b sh-fallback,sh-port'],
    ['-A -t 10.9.0.2:10 -s mh -b mh-fallback,mh-port'],
  ],
  [
    'scheduler tcp:10.9.0.2:10 rr',
    ['-A -t 10.9.0.2:10 -s sh -b sh-fallback,sh-port'],
    ['-A -t 10.9.0.2:10 -s rr'],
  ],
  [
    'scheduler udp:10.9.0.1:5060 sed',
    ['-A -u 10.9.0.1:5060 -s wlc -p 60 -M 255.255.255.0 --pe sip -o'],
    ['-A -u 10.9.0.1:5060 -s sed -p 60 -M 255.255.255.0 --pe sip -o'],
  ],
  ['add real fwm:1 10.1.0.30 --weight 5', [], ['-a -f 1 -r 10.1.0.30:0 -g -w 5']],
  [
    'add real tcp:10.9.0.1:80 10.1.0.30 --forwarding tun --tunnel gue --tunnel-port 6081 --tunnel-checksum remote --upper 4000000000',
    [],
    ['-a -t 10.9.0.1:80 -r 10.1.0.30:80 -i -w 1 --tun-type gue --tun-port 6081 --tun-remcsum -x 4000000000'],
  ],
  [
    'weight tcp:10.9.0.1:80 10.1.0.22:8081 3',
    ['-a -t 10.9.0.1:80 -r 10.1.0.22:8081 -m -w 65535 -x 100 -y 50'],
    ['-a -t 10.9.0.1:80 -r 10.1.0.22:8081 -m -w 3 -x 100 -y 50'],
  ],
  [
    'weight tcp:10.9.0.1:80 10.1.0.27 0',
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gue --tun-port 65535 --tun-remcsum -x 9 -y 9'],
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 0 --tun-type gue --tun-port 65535 --tun-remcsum -x 9 -y 9'],
  ],
  [
    'edit real tcp:10.9.0.1:80 10.1.0.27 --upper 20',
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gue --tun-port 65535 --tun-remcsum -x 9 -y 9'],
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gue --tun-port 65535 --tun-remcsum -x 20 -y 9'],
  ],
  [
    'edit real tcp:10.9.0.1:80 10.1.0.27 --tunnel-port 6080',
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gue --tun-port 65535 --tun-remcsum -x 9 -y 9'],
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gue --tun-port 6080 --tun-remcsum -x 9 -y 9'],
  ],
  [
    'edit real tcp:10.9.0.1:80 10.1.0.27 --tunnel gre',
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gue --tun-port 65535 --tun-remcsum -x 9 -y 9'],
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gre --tun-nocsum -x 9 -y 9'],
  ],
  [
    'edit real tcp:10.9.0.1:80 10.1.0.22:8081 --upper 0 --lower 0',
    ['-a -t 10.9.0.1:80 -r 10.1.0.22:8081 -m -w 65535 -x 100 -y 50'],
    ['-a -t 10.9.0.1:80 -r 10.1.0.22:8081 -m -w 65535'],
  ],
  [
    'mode tcp:10.9.0.1:80 10.1.0.27 nat',
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -i -w 5 --tun-type gue --tun-port 65535 --tun-remcsum -x 9 -y 9'],
    ['-a -t 10.9.0.1:80 -r 10.1.0.27:80 -m -w 5 -x 9 -y 9'],
  ],
  [
    'mode tcp:10.9.0.1:80 10.1.0.22:8081 dr --yes',
    ['-a -t 10.9.0.1:80 -r 10.1.0.22:8081 -m -w 65535 -x 100 -y 50'],
    ['-a -t 10.9.0.1:80 -r 10.1.0.22:80 -g -w 65535 -x 100 -y 50'],
  ],
  [
    'mode fwm:1 dr',
    ['-a -f 1 -r 10.1.0.22:8080 -m -w 1', '-a -f 1 -r 10.1.0.23:8080 -i -w 1 --tun-type ipip'],
    ['-a -f 1 -r 10.1.0.22:8080 -g -w 1', '-a -f 1 -r 10.1.0.23:8080 -g -w 1'],
  ],
  [
    'delete real tcp:10.9.0.1:80 [fd00:1::21]:80 --yes',
    ['-a -t 10.9.0.1:80 -r [fd00:1::21]:80 -i -w 1 --tun-type ipip'],
    [],
  ],
  [
    'delete service udp:10.9.0.1:53 --yes',
    ['-A -u 10.9.0.1:53 -s rr -o', '-a -u 10.9.0.1:53 -r 10.1.0.21:53 -g -w 1'],
    [],
  ],
];

describe('an edit', () => {
  beforeEach(() => ipvsadmRestore(everything));

  test.each(edits)('%s', async (command, gone, come) => {
    const expected = [...everything.split('\n').filter((line) => !gone.includes(line)), ...come].sort();
    expect(expected).toHaveLength(everything.split('\n').length - gone.length + come.length);
    const { exitCode, out, err } = await call(command);
    expect({ exitCode, err }).toMatchObject({ exitCode: 0, err: expect.stringMatching(/^ipvsadm -/) });
    expect(out).not.toBe('');
    expect(sorted((await call('list --format ipvsadm')).out)).toEqual(expected);
    // What ipvsadm sees; it prints greater marks as negative numbers.
    expect((await ipvsadmSave()).split('\n')).toEqual(
      expected
        .map((line) => withoutThresholds(line).replace('-f 4000000000', `-f ${4_000_000_000 - 2 ** 32}`))
        .sort(),
    );
  });

  test('equals the ipvsadm lines that it shows', async () => {
    for (const [command] of edits) {
      await flush();
      await ipvsadmRestore(everything);
      const { err } = await call(command);
      const made = await table();
      await flush();
      await ipvsadmRestore(everything);
      // ipvsadm takes thresholds up to 2147483647 only.
      const lines = err.split('\n').filter((line) => line.startsWith('ipvsadm '));
      if (lines.some((line) => line.includes('-x 4000000000'))) continue;
      for (const line of lines) await ipvsadm(...words(line).slice(1));
      expect(await table(), command).toEqual(made);
    }
  });

  test('does not fall into the trap of ipvsadm -e, which resets what is not named', async () => {
    const thresholds = () => ipvsadm('-Ln', '--thresholds', '-t', '10.9.0.1:80');
    expect(await thresholds()).toMatch(/10\.1\.0\.27:80 +9 +9 /);
    await call('weight tcp:10.9.0.1:80 10.1.0.27 8');
    expect(await thresholds()).toMatch(/10\.1\.0\.27:80 +9 +9 /);
    await ipvsadm('-e', '-t', '10.9.0.1:80', '-r', '10.1.0.27:80', '-w', '7');
    expect(await thresholds()).toMatch(/10\.1\.0\.27:80 +0 +0 /);
    expect(await ipvsadmSave()).toContain('-r 10.1.0.27:80 -g -w 7');
  });
});

describe('what cannot be', () => {
  const some = '-A -t 10.9.0.1:80 -s rr\n-a -t 10.9.0.1:80 -r 10.1.0.21:80 -m -w 1\n-A -t 10.9.0.2:80 -s rr';
  beforeEach(() => ipvsadmRestore(some));
  afterEach(async () => {
    expect(await ipvsadmSave()).toBe(sorted(some).join('\n'));
  });

  test.each<[string, number, string]>([
    // What the kernel says.
    [
      'add service tcp:10.9.0.1:80',
      4,
      'add service tcp:10.9.0.1:80: the service is there already (EEXIST); edit it instead of adding it',
    ],
    [
      'add real tcp:10.9.0.1:80 10.1.0.21 --forwarding nat --weight 2',
      4,
      'add real server 10.1.0.21:80 of tcp:10.9.0.1:80: the service has this real server already (EEXIST); edit it instead of adding it',
    ],
    [
      'delete service tcp:10.9.0.9:80 --yes',
      4,
      'delete service tcp:10.9.0.9:80: there is no such service (ESRCH); look at the services with "lvstop list"; it may have been deleted meanwhile',
    ],
    [
      'weight tcp:10.9.0.1:80 10.1.0.99 1',
      4,
      'edit real server 10.1.0.99:80 of tcp:10.9.0.1:80: the service has no such real server (ENOENT); look at its real servers with "lvstop list"; it may have been deleted meanwhile',
    ],
    [
      'scheduler tcp:10.9.0.1:80 nosuch',
      4,
      'edit service tcp:10.9.0.1:80: the kernel has no scheduler "nosuch" (ENOENT); load it with "modprobe ip_vs_nosuch" or choose another',
    ],
    [
      'edit service tcp:10.9.0.1:80 --persistent 60 --engine nosuch',
      4,
      'edit service tcp:10.9.0.1:80: the kernel has no scheduler "rr" or no persistence engine "nosuch" (ENOENT); load them with "modprobe ip_vs_rr" and "modprobe ip_vs_pe_nosuch" or choose others',
    ],
    // What the kernel would take, or would refuse with a bare number.
    [
      'add real tcp:10.9.0.1:80 224.0.0.9',
      2,
      "add real server 224.0.0.9:80 of tcp:10.9.0.1:80: the multicast address 224.0.0.9 cannot be a real server; give the real server's own unicast address",
    ],
    [
      'add real tcp:10.9.0.1:80 255.255.255.255',
      2,
      "add real server 255.255.255.255:80 of tcp:10.9.0.1:80: the broadcast address 255.255.255.255 cannot be a real server; give the real server's own unicast address",
    ],
    [
      'add real tcp:10.9.0.1:80 10.1.0.22:8080',
      2,
      'add real server 10.1.0.22:8080 of tcp:10.9.0.1:80: DR does not map ports: packets would reach 10.1.0.22 on port 80, not on port 8080; give 10.1.0.22:80, or choose nat',
    ],
    [
      'add real tcp:10.9.0.1:80 [fd00:1::21]:80',
      2,
      'add real server [fd00:1::21]:80 of tcp:10.9.0.1:80: DR cannot reach an IPv6 real server from an IPv4 service; choose tun, or give an IPv4 real server',
    ],
    [
      'add real tcp:10.9.0.1:80 10.1.0.22 --forwarding tun --tunnel gue',
      2,
      'add real server 10.1.0.22:80 of tcp:10.9.0.1:80: a GUE tunnel needs its UDP port; give the port on which the real server takes GUE, 1 to 65535, 6080 as a rule',
    ],
    [
      'add real tcp:10.9.0.1:80 10.1.0.300',
      2,
      'read real server 10.1.0.300: "10.1.0.300" is not an IPv4 address; write IPv4 as 203.0.113.10:80 and IPv6 as [2001:db8::1]:80',
    ],
    [
      'add real tcp:10.9.0.1:80 10.1.0.30:http',
      2,
      'read real server 10.1.0.30:http: "http" is not a port; give a whole number from 0 to 65535',
    ],
    [
      'weight tcp:10.9.0.1:80 10.1.0.21 2147483648',
      2,
      'edit real server 10.1.0.21:80 of tcp:10.9.0.1:80: 2147483648 is not a weight; give a whole number from 0 to 2147483647',
    ],
    [
      'weight tcp:10.9.0.1:80 10.1.0.21 -1',
      2,
      'edit real server 10.1.0.21:80 of tcp:10.9.0.1:80: -1 is not a weight; give a whole number from 0 to 2147483647',
    ],
    [
      'edit real tcp:10.9.0.1:80 10.1.0.21 --lower 5',
      2,
      'edit real server 10.1.0.21:80 of tcp:10.9.0.1:80: the lower threshold 5 means nothing without an upper one; give an upper threshold too, or 0 for no lower one',
    ],
    [
      'scheduler tcp:10.9.0.1:80 ../../evil',
      2,
      'edit service tcp:10.9.0.1:80: "../../evil" cannot be the name of a scheduler; give 1 to 15 of a-z, 0-9, _ and -, like wlc',
    ],
    [
      'add service tcp:10.9.0.3:0',
      2,
      'add service tcp:10.9.0.3:0: port 0 stands for every port and needs persistence; make the service persistent, or give one port',
    ],
    [
      'add service tcp:10.9.0.3:80 --one-packet',
      2,
      'add service tcp:10.9.0.3:80: one-packet scheduling is for UDP, this is TCP; leave it out, or use a udp: or fwm: service',
    ],
    [
      'add service tcp:10.9.0.3:80 --flags sh-port',
      2,
      'read scheduler flags "sh-port": it is a flag of the scheduler sh, not of wlc; leave the flags out; only sh and mh have any',
    ],
  ])('%s', async (command, exitCode, line) => {
    const ended = await call(command);
    expect(ended).toMatchObject({ exitCode, out: '' });
    const said = ended.err.split('\n').filter((text) => text.startsWith('lvstop: '));
    expect(said).toEqual([`lvstop: ${line}`]);
  });

  test('what destroys is not done without --yes', async () => {
    expect(await call('delete service tcp:10.9.0.1:80')).toMatchObject({ exitCode: 2, out: '' });
  });
});

describe('the program', () => {
  test('changes the kernel’s table and says so', async () => {
    await ipvsadmRestore('-A -t 10.9.0.1:80 -s rr\n-a -t 10.9.0.1:80 -r 10.1.0.21:80 -m -w 1');
    expect(await runProgram(['lvstop', 'weight', 'tcp:10.9.0.1:80', '10.1.0.21', '9'])).toEqual({
      exitCode: 0,
      out: 'edit real server 10.1.0.21:80 of tcp:10.9.0.1:80: weight 1 → 9\n',
      err: 'ipvsadm -e -t 10.9.0.1:80 -r 10.1.0.21:80 -m -w 9\n',
    });
    expect(await ipvsadmSave()).toContain('-w 9');
  });

  test('watches with true rates', async () => {
    await ipvsadmRestore('-A -t 10.9.0.1:80 -s rr');
    const { exitCode, out } = await runProgram(['lvstop', 'watch', '--json', '-n', '7']);
    expect(exitCode).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      rateSource: 'counter steps',
      director: { source: 'kernel', state: 'live' },
      services: [{ address: '10.9.0.1', port: 80 }],
    });
  });

  test('without the right says which one is missing, and the ways on', async () => {
    const stripped = ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all'] as const;
    const writing = [
      ['weight', 'tcp:10.9.0.1:80', '10.1.0.21', '9'],
      ['list', '--format', 'ipvsadm'],
      ['save', '-'],
    ];
    for (const command of writing) {
      const { exitCode, out, err } = await runProgram([...stripped, 'lvstop', ...command]);
      expect({ exitCode, out }).toEqual({ exitCode: 3, out: '' });
      expect(err).toMatch(/^lvstop: .*CAP_NET_ADMIN.* \(EPERM\); run lvstop with sudo, .*--demo\n$/);
    }
    expect((await runProgram([...stripped, 'lvstop', 'list', '--demo'])).exitCode).toBe(0);
  });

  test('without IPVS says so, and the ways on', async () => {
    const loaded = (await run(['cat', '/proc/modules'])).match(/^ip_vs\w*(?= )/gm) ?? [];
    await run(['rmmod', ...loaded.filter((name) => name !== 'ip_vs'), 'ip_vs']);
    try {
      const { exitCode, out, err } = await runProgram(['lvstop', 'list']);
      expect({ exitCode, out }).toEqual({ exitCode: 3, out: '' });
      expect(err).toMatch(/^lvstop: .*no IPVS loaded \(ENOENT\); load it with "modprobe ip_vs", .*--demo\n$/);
    } finally {
      await run(['modprobe', '-a', ...loaded]);
    }
    expect((await runProgram(['lvstop', 'list'])).exitCode).toBe(0);
  });
});

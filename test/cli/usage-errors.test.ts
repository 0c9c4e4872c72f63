import { expect, test } from 'vitest';
import { directorWith } from '../changes/table.ts';
import { lvstop, words } from './harness.ts';

/** Calls that are wrong by themselves: one line, exit code 2, and no director is opened. */
const wrongCalls: readonly (readonly [string, string])[] = [
  ['lst', "unknown command 'lst' (Did you mean list?)"],
  ['help lst', 'there is no such command; see --help'],
  ['list --formt json', "unknown option '--formt' (Did you mean --format?)"],
  [
    'list --format xml',
    'read --format "xml": there is no such value; give table, json, csv, ipvsadm, keepalived',
  ],
  ['list --format', "option '--format <format>' argument missing; see --help"],
  [
    'list http:1',
    'read service http:1: it must begin with tcp:, udp:, sctp:, fwm:, fwm6:; write it like tcp:203.0.113.10:80, udp:[2001:db8::1]:53 or fwm:7',
  ],
  ['watch -d 0', 'read --delay "0": it is out of range; give a number from 0.2 to 60'],
  ['watch -d often', 'read --delay "often": it is not a number; give a number from 0.2 to 60'],
  ['watch -n 0', 'read --count "0": it is out of range; give a number from 1 to 1000000000'],
  ['--wat', "unknown option '--wat'; see --help"],
  ['--color blue', 'read --color "blue": there is no such value; give auto, none, 16, 256, true'],
  [
    '--speed 3',
    'read the call: --speed goes with the screen of --demo, or of a recording; leave it out, or give --demo, too',
  ],
  ['--demo --speed 20', 'read --speed "20": it is out of range; give a number from 0.1 to 16'],
  ['--demo --speed 0', 'read --speed "0": it is out of range; give a number from 0.1 to 3600'],
  ['add', 'add: a word is missing; give service or real; see "lvstop add --help"'],
  ['add srvice', 'add "srvice": there is no such word; give service or real; see "lvstop add --help"'],
  ['add service', "missing required argument 'service'; see --help"],
  [
    'add service tcp:1.2.3.4:80 extra',
    "too many arguments for 'service'. Expected 1 argument but got 2: tcp:1.2.3.4:80, extra.",
  ],
  [
    'add service tcp:1.2.3.4:80 --netmask 24',
    'read --netmask "24": a netmask groups clients for persistence, and the service has none; give --persistent SECONDS too, or leave the netmask out',
  ],
  [
    'add service tcp:1.2.3.4:80 -p 60 --netmask 255.0.256.0',
    'read --netmask "255.0.256.0": it is not an IPv4 netmask, as tcp:1.2.3.4:80 needs; give one like 255.255.255.0, or a prefix length from 1 to 32',
  ],
  [
    'add service tcp:[2001:db8::1]:80 -p 60 --netmask 129',
    'read --netmask "129": it is not an IPv6 prefix length, as tcp:[2001:db8::1]:80 needs; give a number from 1 to 128',
  ],
  [
    'add service tcp:1.2.3.4:80 -p soon',
    'read --persistent "soon": it is not a number; give seconds from 1 to 2678400, or none',
  ],
  [
    'add service tcp:1.2.3.4:80 --flags sh-port',
    'read scheduler flags "sh-port": it is a flag of the scheduler sh, not of wlc; leave the flags out; only sh and mh have any',
  ],
  [
    'add real tcp:1.2.3.4:80 10.0.0.1:99999',
    'read real server 10.0.0.1:99999: "99999" is not a port; give a whole number from 0 to 65535',
  ],
  [
    'add real tcp:1.2.3.4:80 10.0.0.1 --forwarding gate',
    'read --forwarding "gate": there is no such value; give nat, tun, dr',
  ],
  [
    'add real tcp:1.2.3.4:80 10.0.0.1 --tunnel vxlan',
    'read --tunnel "vxlan": there is no such value; give ipip, gue, gre',
  ],
  [
    'add real tcp:1.2.3.4:80 10.0.0.1 --weight heavy',
    'read --weight "heavy": it is not a number; give a whole number from 0 to 2147483647',
  ],
  ['weight tcp:1.2.3.4:80 10.0.0.1', "missing required argument 'n'; see --help"],
  [
    'weight tcp:1.2.3.4:80 10.0.0.1 x',
    'read weight "x": it is not a number; give a whole number from 0 to 2147483647',
  ],
  [
    'weight tcp:1.2.3.4:80 10.0.0.1 5 --steps 3',
    'set weight: --steps says in how many steps of --over, which is missing; give --over TIME too, or leave it out',
  ],
  [
    'sync start master --sync-id 1',
    'start sync daemon master: no interface is named; give --interface NAME, one that "ip link" shows',
  ],
  ['-Ln', `unknown option '-Ln'; that is ipvsadm's, here it is "lvstop list"`],
  [
    '-A -t 1.2.3.4:80 -s rr',
    `unknown option '-A'; that is ipvsadm's, here it is "lvstop add service SERVICE", and "lvstop apply -" takes whole lines of it`,
  ],
  [
    'add service -t 1.2.3.4:80 -s rr',
    "unknown option '-t'; that is ipvsadm's, here it is tcp:ADDRESS:PORT as SERVICE",
  ],
  [
    'add real tcp:1.2.3.4:80 10.0.0.1 -m',
    "unknown option '-m'; that is ipvsadm's, here it is --forwarding nat",
  ],
  ['mode tcp:1.2.3.4:80', "missing required argument 'real-or-mode'; see --help"],
  ['mode tcp:1.2.3.4:80 gate', 'read mode "gate": there is no such value; give nat, tun, dr'],
  ['mode tcp:1.2.3.4:80 10.0.0.1 gate', 'read mode "gate": there is no such value; give nat, tun, dr'],
];

test.each(wrongCalls)('%s', async (call, line) => {
  const opened: unknown[] = [];
  const ended = await lvstop(words(call), { onOpen: (choice) => opened.push(choice) });
  expect(ended).toEqual({ exitCode: 2, out: '', err: `lvstop: ${line}\n` });
  expect(opened).toEqual([]);
});

test('the screen needs a terminal', async () => {
  const { exitCode, err } = await lvstop([]);
  expect(exitCode).toBe(2);
  expect(err).toMatch(
    /^lvstop: open the screen: standard input and output are not both a terminal; run it in/,
  );
});

test('a defect has its own code, and its stack only on demand', async () => {
  const quiet = await lvstop(['list']);
  expect(quiet).toEqual({
    exitCode: 70,
    out: '',
    err: 'lvstop: the test has no director; this is a defect of lvstop: run it again with LVSTOP_DEBUG=1 and report what it prints\n',
  });
  const loud = await lvstop(['list'], { debug: true });
  expect(loud.err).toMatch(/\n {4}at /);
});

test('foreign text in a wrong call cannot reach the terminal', async () => {
  const { err } = await lvstop(['li\x1b[2Jst']);
  expect(err).not.toContain('\x1b');
  const named = await lvstop(['scheduler', 'tcp:203.0.113.10:80', '\x1b[2J'], {
    director: directorWith({ 'tcp:203.0.113.10:80': [{}] }),
  });
  expect(named.err).toContain('"␛[2J" cannot be the name of a scheduler');
});

test('on a terminal the line breaks between words, and no word is cut', async () => {
  const call = words('list http:1');
  const whole = (await lvstop(call)).err;
  const { err } = await lvstop(call, { errColumns: 50 });
  const lines = err.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(50);
  expect(lines.join(' ')).toBe(whole.trimEnd());
  const long = `10.0.0.1:${'9'.repeat(80)}`;
  expect((await lvstop(['weight', 'tcp:1.2.3.4:80', long, '1'], { errColumns: 50 })).err).toContain(long);
});

test('what a script reads is one line whatever the terminal', async () => {
  const { err } = await lvstop(words('list http:1 --json'), { errColumns: 50 });
  expect(JSON.parse(err)).toHaveProperty('error');
});

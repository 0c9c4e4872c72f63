/** A command of ipvsadm's and what does the same here. */
const commands: readonly (readonly [names: string, here: string])[] = [
  ['-A --add-service', '"lvstop add service SERVICE"'],
  ['-E --edit-service', '"lvstop edit service SERVICE"'],
  ['-D --delete-service', '"lvstop delete service SERVICE"'],
  ['-a --add-server', '"lvstop add real SERVICE REAL"'],
  ['-e --edit-server', '"lvstop edit real SERVICE REAL"'],
  ['--delete-server', '"lvstop delete real SERVICE REAL"'],
];

/** Other options of ipvsadm's, in words that fit behind "here it is". */
const options: readonly (readonly [names: string, here: string])[] = [
  ['-L -l --list', '"lvstop list"'],
  ['-S --save', '"lvstop save -"'],
  ['-R --restore', '"lvstop apply -"'],
  ['-Z --zero', '"lvstop zero [SERVICE]"'],
  ['-C --clear', '"lvstop delete service SERVICE", one by one'],
  ['--set', '"lvstop timeouts"'],
  ['--start-daemon --stop-daemon --daemon', '"lvstop sync start", "stop" or "list"'],
  ['-c --connection', '"lvstop walk SERVICE", which shows one connection'],
  ['--stats', '"lvstop list", with packets in --format csv and json'],
  ['--rate', '"lvstop watch --json", or the screen'],
  ['--thresholds --persistent-conn --timeout -n --numeric --exact', '"lvstop list", which has it'],
  ['-t --tcp-service', 'tcp:ADDRESS:PORT as SERVICE'],
  ['-u --udp-service', 'udp:ADDRESS:PORT as SERVICE'],
  ['--sctp-service', 'sctp:ADDRESS:PORT as SERVICE'],
  ['-f --fwmark-service', 'fwm:MARK as SERVICE, for IPv6 fwm6:MARK'],
  ['-r --real-server', 'ADDRESS:PORT as REAL, behind SERVICE'],
  ['-g --gatewaying', '--forwarding dr'],
  ['-i --ipip', '--forwarding tun'],
  ['-m --masquerading', '--forwarding nat'],
  ['-6 --ipv6', 'fwm6:MARK as SERVICE'],
  ['--pe', '--engine NAME'],
  ['--ops', '--one-packet'],
  ['--sched-flags', '--flags LIST'],
  ['--tun-type', '--tunnel TYPE'],
  ['--tun-port', '--tunnel-port PORT'],
  ['--tun-nocsum --tun-csum --tun-remcsum', '--tunnel-checksum no, yes or remote'],
  ['--u-threshold --l-threshold', '--upper N and --lower N'],
];

const wordsHere: ReadonlyMap<string, string> = new Map([
  ...commands.flatMap(([names, here]) =>
    names.split(' ').map((name) => [name, `${here}, and "lvstop apply -" takes whole lines of it`] as const),
  ),
  ...options.flatMap(([names, here]) => names.split(' ').map((name) => [name, here] as const)),
]);

/** What replaces an option of ipvsadm's here, for users who type it out of habit; `undefined` for any other option. */
export function hereForIpvsadm(option: string): string | undefined {
  // ipvsadm's letters are often joined, like -Ln.
  return wordsHere.get(option) ?? (/^-\w/.test(option) ? wordsHere.get(option.slice(0, 2)) : undefined);
}

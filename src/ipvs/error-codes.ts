/**
 * What an error is about; the exit code follows from it:
 * - `input`: the call or the text was wrong; nothing was written to the kernel's table;
 * - `unreachable`: no IPVS, no right to speak to it, or it went away;
 * - `refused`: the kernel was asked and said no;
 * - `conflict`: the object is no longer what the operator saw, and was not written over, except as `changed-at-once`
 *   tells.
 */
export type IpvsErrorKind = 'input' | 'unreachable' | 'refused' | 'conflict';

interface CodeFacts {
  readonly kind: IpvsErrorKind;
  /** One clause. */
  readonly meaning: string;
}

/**
 * Every error has one of these codes, which stays the same when its sentence is worded better: `--json` prints it,
 * scripts and tests go by it, `docs/errors.md` lists it.
 */
export const errorCodes = {
  'bad-usage': {
    kind: 'input',
    meaning: 'a command, word or option that there is not, or options that exclude or need each other',
  },
  'missing-value': { kind: 'input', meaning: 'something that is needed was not given' },
  'bad-value': { kind: 'input', meaning: 'a value that is not allowed there' },
  'bad-service': { kind: 'input', meaning: 'not written like a service: `tcp:203.0.113.10:80`, `fwm:7`' },
  'bad-address': { kind: 'input', meaning: 'not an address, a port or both as they are written' },
  'bad-filter': { kind: 'input', meaning: 'a filter that cannot be read' },
  'unknown-host': {
    kind: 'input',
    meaning:
      'a host name that is not known, or stands for several addresses, or was not answered for in time',
  },
  'against-mode': { kind: 'input', meaning: 'NAT, TUN or DR does not work so: its ports or its families' },
  'address-taken': {
    kind: 'input',
    meaning: 'the change would make of a real server one that the service has already',
  },
  'sync-daemon-runs': { kind: 'input', meaning: 'not while a sync daemon runs' },
  'no-such-namespace': {
    kind: 'input',
    meaning: 'no network namespace of that name, or it cannot be entered',
  },
  'no-ssh': { kind: 'input', meaning: 'there is no ssh here to reach other hosts by' },
  'no-executable': {
    kind: 'input',
    meaning: 'the other host has no lvstop of this version, and there is none here for its processor',
  },
  'nothing-to-do': { kind: 'input', meaning: 'what is asked for makes no sense for this object' },
  'not-confirmed': {
    kind: 'input',
    meaning: 'it destroys or interrupts something, and nobody said yes: answer, or give `--yes`',
  },
  'read-only': { kind: 'input', meaning: 'this run, or the configuration, is read-only or may be so' },
  'no-terminal': { kind: 'input', meaning: 'the screen needs a terminal' },
  'no-such-change': { kind: 'input', meaning: 'the journal has no such change, or several that begin so' },
  'not-undoable': { kind: 'input', meaning: 'a change that cannot be taken back' },
  'journal-unreadable': { kind: 'input', meaning: 'the journal cannot be read' },
  'journal-unwritable': {
    kind: 'input',
    meaning: 'the journal cannot be written, so the change was not made',
  },
  'not-armed': {
    kind: 'input',
    meaning: 'nothing could be set up that takes the change back unless it is confirmed, so it was not made',
  },
  'bad-file': {
    kind: 'input',
    meaning: 'a file that is not there, or is not used as it is: no right, no text',
  },
  'bad-content': { kind: 'input', meaning: 'something is wrong in what was read; the error names the line' },
  'foreign-content': {
    kind: 'input',
    meaning: 'a file holds something else than a table, which saving or reading it would lose',
  },
  'not-editable': {
    kind: 'input',
    meaning:
      "keepalived's configuration is not changed: it does not describe the object, or other objects, too",
  },
  'configuration-refused': {
    kind: 'input',
    meaning: 'keepalived refuses the configuration that would be written, or cannot test it',
  },
  'bad-configuration': { kind: 'input', meaning: 'something is wrong in the configuration' },
  'unsafe-prune': { kind: 'input', meaning: '`--prune` would remove what the file may describe' },
  'no-ipvs': { kind: 'unreachable', meaning: 'this kernel has no IPVS, or it is not loaded' },
  'no-right': {
    kind: 'unreachable',
    meaning: 'it takes a capability that this user does not have, CAP_NET_ADMIN as a rule',
  },
  'no-answer': { kind: 'unreachable', meaning: 'the kernel did not answer, or not as it should' },
  'proc-unreadable': { kind: 'unreachable', meaning: 'a file of /proc cannot be read' },
  'network-unreadable': { kind: 'unreachable', meaning: 'routes, neighbours or addresses cannot be read' },
  'host-unreachable': {
    kind: 'unreachable',
    meaning: 'there was no connection to the other host, it was lost, or lvstop cannot run there',
  },
  'prometheus-failed': {
    kind: 'unreachable',
    meaning: 'Prometheus was not reached, or did not answer what it was asked',
  },
  'not-sent': { kind: 'unreachable', meaning: 'lvstop could not be sent to the other host' },
  'service-exists': { kind: 'refused', meaning: 'the service is there already' },
  'real-server-exists': { kind: 'refused', meaning: 'the service has this real server already' },
  'sync-daemon-exists': { kind: 'refused', meaning: 'a sync daemon already runs in that state' },
  'no-such-service': { kind: 'refused', meaning: 'there is no such service' },
  'no-such-real-server': { kind: 'refused', meaning: 'the service has no such real server' },
  'no-such-sync-daemon': { kind: 'refused', meaning: 'no such sync daemon runs' },
  'no-such-scheduler': {
    kind: 'refused',
    meaning: 'the kernel has no such scheduler or persistence engine, or has not loaded it',
  },
  'no-such-interface': { kind: 'refused', meaning: 'there is no such network interface' },
  'bad-thresholds': { kind: 'refused', meaning: 'a weight or thresholds that the kernel does not take' },
  'bad-real-server': { kind: 'refused', meaning: 'an address that cannot be a real server of that service' },
  'no-such-family': { kind: 'refused', meaning: 'this kernel has no IPVS for that address family' },
  'not-supported': { kind: 'refused', meaning: 'this kernel does not know the command' },
  'bad-setting': { kind: 'refused', meaning: 'a setting that the kernel does not take' },
  'kernel-refused': {
    kind: 'refused',
    meaning: 'the kernel said no for another reason, which `errno` names',
  },
  'manager-failed': {
    kind: 'refused',
    meaning:
      'keepalived did not take the change, or its file could not be written; the error says what stands now',
  },
  'changed-meanwhile': { kind: 'conflict', meaning: 'it is not any more what it was when it was looked at' },
  'changed-at-once': {
    kind: 'conflict',
    meaning: 'another hand changed it in the moment of writing; the error says what became of it',
  },
  'changed-since': { kind: 'conflict', meaning: 'it was changed since by another hand, so it is not undone' },
  'confirmed-too-late': {
    kind: 'conflict',
    meaning: 'the change has been taken back already, or is being, since nobody confirmed it in time',
  },
  'keeps-changing': { kind: 'conflict', meaning: 'it was another one at each reading' },
  'file-changed': { kind: 'conflict', meaning: 'the file was changed since it was shown' },
} as const satisfies Readonly<Record<string, CodeFacts>>;

/** What names an error for programs. */
export type ErrorCode = keyof typeof errorCodes;

/** The codes of kind `input`. */
export type InputCode = {
  [Code in ErrorCode]: (typeof errorCodes)[Code]['kind'] extends 'input' ? Code : never;
}[ErrorCode];

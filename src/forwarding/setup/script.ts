import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { shellWord } from '../diagnosis.ts';
import { type RealServerSetup, setupName } from './real-server-setup.ts';
import type { SetupStep } from './setup-step.ts';
import { setupSteps } from './setup-steps.ts';
import { commentLines } from './shell.ts';

/** What a script does on the real server. */
export type SetupAction =
  /** Sets it up; run again, it does only what is missing. */
  | 'set up'
  /** Looks, and says what is missing. */
  | 'check'
  /** Undoes what setting up has changed, except what another service needs. */
  | 'undo';

/**
 * A POSIX sh script for the machine of a real server. Throws what `setupSteps` throws.
 */
export function setupScript(setup: RealServerSetup, action: SetupAction): string {
  const steps = setupSteps(setup);
  const ordered =
    action === 'undo' ? steps.filter(({ remedy }) => remedy.kind === 'change').toReversed() : steps;
  return [
    '#!/bin/sh',
    ...headLines(setup, action, ordered),
    '',
    ...beginnings[action](setup),
    ...ordered.flatMap((step, index) => ['', ...stepLines(step, index + 1, action)]),
    '',
    ...ends[action],
    '',
  ].join('\n');
}

const purposes: Readonly<Record<SetupAction, { readonly what: string; readonly how: string }>> = {
  'set up': {
    what: 'Sets up',
    how: 'It may run as often as you like: what is as it should be is left alone. What was there before is noted in /run/lvstop-setup, so that the script of "lvstop setup --undo" can bring it back; like the settings, the notes are gone after a reboot ("lvstop setup --lasting" is for that). Exit code 0: all is done; 1: something could not be done; 2: this machine cannot run it.',
  },
  check: {
    what: 'Checks the set-up of',
    how: 'It only looks. Exit code 0: nothing is missing; 1: something is; 2: this machine cannot run it.',
  },
  undo: {
    what: 'Takes back the set-up of',
    how: 'It goes by the notes in /run/lvstop-setup: what was there before the set-up stays, and so does what another service set up the same way still needs. Exit code 0: all is as it was; 1: something could not be taken back; 2: this machine cannot run it.',
  },
};

function headLines(
  { service, realServer, mode }: RealServerSetup,
  action: SetupAction,
  steps: readonly SetupStep[],
): string[] {
  const { what, how } = purposes[action];
  return [
    ...commentLines(
      `${what} ${formatRealServer(realServer)} as a real server of ${formatService(service)} under ${forwardingMethodLabel(mode)}.`,
    ),
    '#',
    ...steps.flatMap(({ what }, index) => commentLines(what, `#   ${index + 1}. `, '#      ')),
    '#',
    ...commentLines(`To be run by root on ${realServer.address}. ${how}`),
  ];
}

/** The beginning of every script; `refuse` ends it when the machine cannot run it. */
const requirements = [
  'set -u',
  'export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'refuse() {',
  '  echo "lvstop setup: $1" >&2',
  '  exit 2',
  '}',
  '# The ip of iproute2, also where the shell is a busybox that would take its own.',
  'for ip in /usr/sbin/ip /sbin/ip /usr/bin/ip /bin/ip none; do',
  '  case $("$ip" -V 2>/dev/null) in *iproute2*) break ;; esac',
  'done',
  'if [ "$ip" = none ]; then',
  "  refuse 'it needs ip from iproute2: apt install iproute2, dnf install iproute, apk add iproute2'",
  'fi',
  'ip() {',
  '  "$ip" "$@"',
  '}',
  'say() {',
  `  printf '%-9s %s\\n' "$1" "$what"`,
  '}',
];

/** Sets the folder of notes, one for each network namespace, and locks it so that nobody else writes meanwhile. */
function noteLines(setup: RealServerSetup): string[] {
  return [
    `name=${shellWord(setupName(setup))}`,
    `[ "$(id -u)" = 0 ] || refuse 'only root may change this: run it by sudo sh, or as root'`,
    'umask 077',
    'state=/run/lvstop-setup',
    'namespace=$(readlink /proc/self/ns/net 2>/dev/null) || namespace="net:[0]"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansions
    'notes=$state/${namespace#*:?}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansions
    'notes=${notes%?}',
    `mkdir -p "$notes" || refuse "notes cannot be kept in $notes"`,
    'if command -v flock >/dev/null 2>&1; then',
    '  exec 9<"$state"',
    `  flock -w 60 9 || refuse 'another set-up has been running for a minute'`,
    'fi',
  ];
}

const beginnings: Readonly<Record<SetupAction, (setup: RealServerSetup) => string[]>> = {
  'set up': (setup) => [
    ...requirements,
    ...noteLines(setup),
    '',
    'fail() {',
    '  say FAILED',
    "  echo 'lvstop setup: nothing more was done. Run it again when that is mended, or the script of --undo.' >&2",
    '  exit 1',
    '}',
    'need() {',
    '  if ! mkdir -p "$note/needed-by" || ! : >"$note/needed-by/$name"; then fail; fi',
    '}',
    '# Makes one thing so, unless it is; notes before what it changes, and that this service needs it.',
    '# usage: step required|optional|lasting',
    'step() {',
    '  note=$notes/$key',
    '  if is; then',
    '    [ "$1" = lasting ] || need',
    '    say already',
    '    return',
    '  fi',
    '  if [ "$1" != lasting ]; then',
    '    if [ ! -e "$note/was" ]; then',
    '      if ! mkdir -p "$note" || ! was >"$note/was.new" || ! mv "$note/was.new" "$note/was"; then fail; fi',
    '    fi',
    '    need',
    '  fi',
    '  if make && is; then',
    "    say 'done'",
    '  elif [ "$1" = optional ]; then',
    "    say 'not done'",
    '  else',
    '    fail',
    '  fi',
    '}',
  ],
  check: () => [
    ...requirements,
    '',
    'missing=0',
    '# usage: step required|optional',
    'step() {',
    '  if is; then',
    '    say ok',
    '  elif [ "$1" = optional ]; then',
    '    say advised',
    '  else',
    '    say MISSING',
    '    missing=1',
    '  fi',
    '}',
  ],
  undo: (setup) => [
    ...requirements,
    ...noteLines(setup),
    '',
    'failed=0',
    '# Takes one thing back, as it was noted.',
    'step() {',
    '  note=$notes/$key',
    '  if [ ! -e "$note/needed-by/$name" ]; then',
    "    say 'not ours'",
    '    return',
    '  fi',
    '  for other in "$note/needed-by"/*; do',
    '    if [ "$other" != "$note/needed-by/$name" ]; then',
    '      rm -f "$note/needed-by/$name"',
    '      say needed',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion
    '      echo "          by ${other##*/}"',
    '      return',
    '    fi',
    '  done',
    '  if [ ! -e "$note/was" ]; then',
    '    say stays',
    '  elif unmake "$(cat "$note/was")"; then',
    "    say 'undone'",
    '  else',
    '    say FAILED',
    '    failed=1',
    '    return',
    '  fi',
    '  rm -rf "$note"',
    '}',
  ],
};

const ends: Readonly<Record<SetupAction, readonly string[]>> = {
  'set up': ['exit 0'],
  check: ['exit "$missing"'],
  undo: ['rmdir "$notes" 2>/dev/null', 'exit "$failed"'],
};

function stepLines(step: SetupStep, number: number, action: SetupAction): string[] {
  const { key, what, why, is, remedy } = step;
  const head = [...commentLines(`${number}. ${why}`), `what=${shellWord(what)}`];
  if (remedy.kind === 'advice') return [...head, ...adviceLines(step, remedy.text, action)];
  if (action === 'check') {
    return [...head, ...shellFunction('is', is), `step ${isOptional(step) ? 'optional' : 'required'}`];
  }
  if (remedy.kind === 'lasting change') {
    return [
      ...head,
      `key=${shellWord(key)}`,
      ...shellFunction('is', is),
      ...shellFunction('make', remedy.make),
      'step lasting',
    ];
  }
  if (action === 'undo') {
    return [...head, `key=${shellWord(key)}`, ...shellFunction('unmake', remedy.unmake), 'step'];
  }
  return [
    ...head,
    `key=${shellWord(key)}`,
    ...shellFunction('is', is),
    ...shellFunction('was', remedy.was.length === 0 ? [':'] : remedy.was),
    ...shellFunction('make', remedy.make),
    `step ${isOptional(step) ? 'optional' : 'required'}`,
  ];
}

function adviceLines(step: SetupStep, text: string, action: SetupAction): string[] {
  const { is } = step;
  const isRequired = !isOptional(step);
  return [
    ...shellFunction('is', is),
    'if is; then',
    action === 'check' ? '  say ok' : '  say already',
    'else',
    action === 'check' ? `  say ${isRequired ? 'MISSING' : 'advised'}` : '  say "not so"',
    `  echo ${shellWord(`          ${text}`)}`,
    ...(action === 'check' && isRequired ? ['  missing=1'] : []),
    'fi',
  ];
}

function isOptional({ remedy }: SetupStep): boolean {
  return remedy.kind !== 'lasting change' && remedy.isOptional === true;
}

function shellFunction(name: string, lines: readonly string[]): string[] {
  return [`${name}() {`, ...lines.map((line) => (isVerbatim(line, lines) ? line : `  ${line}`)), '}'];
}

/** Whether a line belongs to a here-document and must not be indented; its end must be at the beginning of a line. */
function isVerbatim(line: string, lines: readonly string[]): boolean {
  const from = lines.findIndex((candidate) => candidate.includes("<<'END'"));
  return from >= 0 && lines.indexOf(line) > from;
}

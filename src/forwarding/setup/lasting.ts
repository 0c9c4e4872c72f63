import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { shellWord } from '../diagnosis.ts';
import { fileName, type LastingFile, type LastingFiles } from './lasting-files.ts';
import { networkdFiles } from './networkd.ts';
import type { RealServerSetup } from './real-server-setup.ts';
import { type SetupAction, setupScript } from './script.ts';
import { setupSteps } from './setup-steps.ts';
import { commentLines } from './shell.ts';

/**
 * The ways to make a set-up last over a reboot: `networkd`, by systemd-networkd's configuration; `ip`, by the script
 * itself, run when the network is up.
 */
export const lastingKinds = ['networkd', 'ip'] as const;

/**
 * A POSIX sh script that writes, compares or removes the files that make a set-up last. Throws what `setupSteps`
 * throws.
 */
export function lastingScript(
  setup: RealServerSetup,
  action: SetupAction,
  kind: (typeof lastingKinds)[number],
): string {
  const { remarks, before, files, after, afterUndo } =
    kind === 'networkd' ? networkdFiles(setup, setupSteps(setup)) : scriptFiles(setup);
  const what = { 'set up': 'Makes', check: 'Checks what makes', undo: 'Takes back what makes' }[action];
  return [
    '#!/bin/sh',
    ...commentLines(
      `${what} the set-up of ${formatRealServer(setup.realServer)} as a real server of ${formatService(setup.service)} under ${forwardingMethodLabel(setup.mode)} last over a reboot.`,
    ),
    '#',
    ...commentLines(
      `To be run by root on ${setup.realServer.address}. It writes files for the next boot and changes nothing now: that is what "lvstop setup" without --lasting is for.`,
    ),
    ...remarks.flatMap((remark) => ['#', ...commentLines(remark)]),
    '',
    'set -u',
    'export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...(action === 'check'
      ? []
      : [
          `[ "$(id -u)" = 0 ] || { echo 'lvstop setup: only root may change this: run it by sudo sh, or as root' >&2; exit 2; }`,
        ]),
    'umask 022',
    ...before,
    ...(action === 'check' ? ['missing=0'] : []),
    ...files.flatMap((file) => ['', ...fileLines(file, action)]),
    '',
    ...(action === 'set up' ? [...after, "echo 'in force from the next boot'"] : []),
    ...(action === 'undo' ? [...afterUndo, 'exit 0'] : []),
    ...(action === 'check' ? ['exit "$missing"'] : []),
    '',
  ].join('\n');
}

function fileLines({ path, lines, isProgram, isShared }: LastingFile, action: SetupAction): string[] {
  const end = 'END OF FILE';
  switch (action) {
    case 'set up':
      return [
        `file=${path}`,
        `mkdir -p "\${file%/*}" && cat >"$file" <<'${end}' || exit 1`,
        ...lines,
        end,
        ...(isProgram === true ? ['chmod 755 "$file" || exit 1'] : []),
        'echo "written $file"',
      ];
    case 'check':
      return [
        `file=${path}`,
        `if cat <<'${end}' | cmp -s - "$file"`,
        ...lines,
        end,
        'then echo "ok      $file"',
        'else echo "MISSING $file"; missing=1',
        'fi',
      ];
    case 'undo':
      return [
        `file=${path}`,
        ...(isShared === true
          ? [
              'rmdir "$file.d" 2>/dev/null',
              'if [ ! -d "$file.d" ]; then rm -f "$file"; echo "removed $file"; fi',
            ]
          : [
              'rm -f "$file"',
              // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion
              'case $file in *.network.d/*) rmdir "${file%/*}" 2>/dev/null ;; esac',
              'echo "removed $file"',
            ]),
      ];
  }
}

/** The script of the set-up itself, put where something runs it at boot. */
function scriptFiles(setup: RealServerSetup): LastingFiles {
  const name = fileName(setup);
  const script = `/usr/local/sbin/${name}`;
  return {
    remarks: [
      'The script of the set-up is kept on this machine and run whenever the network has come up, which does no harm: it may run as often as you like. ifupdown (/etc/network/interfaces) runs what stands in /etc/network/if-up.d; Alpine what stands in /etc/local.d; elsewhere a unit of systemd does.',
    ],
    before: [],
    files: [
      {
        path: script,
        lines: setupScript(setup, 'set up').trimEnd().split('\n'),
        isProgram: true,
      },
    ],
    after: [
      'if [ -d /etc/network/if-up.d ]; then',
      `  ln -sf ${script} /etc/network/if-up.d/${name} && echo 'ifupdown runs it'`,
      'elif [ -d /etc/local.d ]; then',
      `  ln -sf ${script} /etc/local.d/${name}.start && echo "OpenRC runs it, if 'rc-update add local' was given"`,
      'elif command -v systemctl >/dev/null; then',
      `  cat >/etc/systemd/system/${name}.service <<'END OF FILE' &&`,
      '[Unit]',
      `Description=${name}`,
      'Wants=network-online.target',
      'After=network-online.target',
      '',
      '[Service]',
      'Type=oneshot',
      'RemainAfterExit=yes',
      `ExecStart=${script}`,
      '',
      '[Install]',
      'WantedBy=multi-user.target',
      'END OF FILE',
      `  systemctl --quiet enable ${name}.service && echo 'systemd runs it'`,
      'else',
      `  echo ${shellWord(`let whatever brings the network up run ${script}`)}`,
      'fi',
    ],
    afterUndo: [
      `if [ -e /etc/systemd/system/${name}.service ]; then systemctl --quiet disable ${name}.service; fi`,
      `rm -f /etc/network/if-up.d/${name} /etc/local.d/${name}.start /etc/systemd/system/${name}.service`,
    ],
  };
}
